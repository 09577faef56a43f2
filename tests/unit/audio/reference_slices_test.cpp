#include "audio/reference_slices.h"

#include <cmath>

#include <gtest/gtest.h>

#include "audio/random.h"
#include "unit/audio/errors.h"

namespace acestep::audio {
namespace {

// At 1,000 Hz a slice has 10,000 samples; sample i has the value i, which floats hold exactly.
constexpr int rate = 1000;
constexpr std::int64_t slice = 10 * rate;

Waveform counting(std::int64_t samples) {
    Waveform waveform{rate, {{}, {}}};
    for (std::int64_t i = 0; i < samples; ++i) {
        waveform.channels[0].push_back(float(i));
        waveform.channels[1].push_back(-float(i));
    }
    return waveform;
}

TEST(ReferenceSlices, AreThirtySecondsFromTheThreeThirds) {
    const std::int64_t samples = 100001, third = samples / 3;
    const Waveform slices = reference_slices(counting(samples), 5);
    ASSERT_EQ(slices.samples(), 3 * slice);
    SplitMix64 random(5);
    for (std::int64_t i = 0; i < 3; ++i) {
        const std::int64_t room = (i < 2 ? third : samples - 2 * third) - slice;
        const std::int64_t start = i * third + std::int64_t(random.up_to(std::uint64_t(room)));
        EXPECT_EQ(slices.channels[0][std::size_t(i * slice)], float(start));
        EXPECT_EQ(slices.channels[0][std::size_t((i + 1) * slice - 1)], float(start + slice - 1));
        EXPECT_EQ(slices.channels[1][std::size_t(i * slice)], -float(start));
    }
}

TEST(ReferenceSlices, StayInsideTheirThirdsWhateverTheSeed) {
    const std::int64_t samples = 45000, third = samples / 3;
    const Waveform waveform = counting(samples);
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Waveform slices = reference_slices(waveform, seed);
        for (std::int64_t i = 0; i < 3; ++i) {
            EXPECT_GE(slices.channels[0][std::size_t(i * slice)], float(i * third));
            EXPECT_LE(slices.channels[0][std::size_t((i + 1) * slice - 1)],
                      float((i + 1) * third - 1));
        }
    }
}

TEST(ReferenceSlices, AreTheWholeOfExactlyThirtySeconds) {
    const Waveform waveform = counting(3 * slice);
    EXPECT_EQ(reference_slices(waveform, 9).channels, waveform.channels);
}

TEST(ReferenceSlices, RepeatAShortWaveform) {
    // 4 × 8,000 samples: the thirds begin at 10,666 and 21,332 of the repeated signal.
    const Waveform slices = reference_slices(counting(8000), 3);
    ASSERT_EQ(slices.samples(), 3 * slice);
    for (std::size_t i = 1; i < slices.channels[0].size(); ++i) {
        if (i % std::size_t(slice) == 0) continue;
        const float expected = std::fmod(slices.channels[0][i - 1] + 1, 8000.0f);
        ASSERT_EQ(slices.channels[0][i], expected) << i;
    }
}

TEST(ReferenceSlices, AreMadeOfASingleSampleToo) {
    const Waveform slices = reference_slices({rate, {{0.5f}}}, 1);
    EXPECT_EQ(slices.channels[0], std::vector<float>(std::size_t(3 * slice), 0.5f));
}

TEST(ReferenceSlices, DependOnTheSeedOnly) {
    const Waveform waveform = counting(200000);
    EXPECT_EQ(reference_slices(waveform, 1).channels, reference_slices(waveform, 1).channels);
    EXPECT_NE(reference_slices(waveform, 1).channels, reference_slices(waveform, 2).channels);
}

TEST(ReferenceSlices, NeedSamples) {
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "cannot be a reference", [] {
        reference_slices({rate, {{}, {}}}, 0);
    }));
}

}  // namespace
}  // namespace acestep::audio
