#include "audio/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include <gtest/gtest.h>

#include "unit/audio/errors.h"
#include "unit/audio/signals.h"

namespace acestep::audio {
namespace {

TEST(Resample, GivesTheNextWholeNumberOfSamples) {
    // ⌈n · to / from⌉ by hand.
    EXPECT_EQ(resample({44100, {{1, 2, 3}}}, 48000).samples(), 4);
    EXPECT_EQ(resample({8000, {{1}}}, 48000).samples(), 6);
    EXPECT_EQ(resample({96000, {{1}}}, 48000).samples(), 1);
    EXPECT_EQ(resample({47999, {std::vector<float>(47999)}}, 48000).samples(), 48000);
    EXPECT_EQ(resample({47999, {std::vector<float>(48000)}}, 48000).samples(), 48002);
}

TEST(Resample, LeavesTheSameRateAlone) {
    const Waveform waveform = tests::two_tones(48000, 100);
    EXPECT_EQ(resample(waveform, 48000).channels, waveform.channels);
}

// The formula of the specification in double, sample by sample, with the whole row of the table.
double by_formula(const std::vector<float>& input, int from_rate, std::int64_t index) {
    const std::int64_t common = std::gcd(from_rate, 48000);
    const std::int64_t o = from_rate / common, n = 48000 / common;
    const double base = 0.99 * double(std::min(o, n));
    const std::int64_t w = std::int64_t(std::ceil(6 * double(o) / base));
    const std::int64_t q = index / n, p = index % n;
    double sum = 0;
    for (std::int64_t i = -w; i < w + o; ++i) {
        const std::int64_t at = q * o + i;
        if (at < 0 || at >= std::int64_t(input.size())) continue;
        const double u =
            std::clamp(base * (double(i) / double(o) - double(p) / double(n)), -6.0, 6.0);
        const double x = std::numbers::pi * u;
        const double window = std::cos(x / 12) * std::cos(x / 12);
        sum += base / double(o) * (u == 0 ? 1 : std::sin(x) / x) * window *
               double(input[std::size_t(at)]);
    }
    return sum;
}

TEST(Resample, FollowsTheFormulaAtRatesWithoutACommonFactor) {
    for (const int rate : {44101, 47999, 7919, 191999, 1000, 768000}) {
        const std::vector<float> input = tests::sine(300, rate, 3000, 0.8);
        const std::vector<float> output = resample({rate, {input}}, 48000).channels[0];
        const std::int64_t step = std::max<std::int64_t>(1, std::int64_t(output.size()) / 40);
        for (std::int64_t i = 0; i < std::int64_t(output.size()); i += step)
            EXPECT_NEAR(output[std::size_t(i)], by_formula(input, rate, i), 1e-6)
                << rate << " " << i;
    }
}

TEST(Resample, KeepsASineClean) {
    for (const int rate : {8000, 22050, 44100, 47999, 96000, 192000}) {
        const Waveform output = resample({rate, {tests::sine(997, rate, rate)}}, 48000);
        ASSERT_EQ(output.samples(), 48000) << rate;
        // A filter of width 6 leaves ripples of some −75 dB at worst.
        EXPECT_NEAR(tests::amplitude_at(output.channels[0], 997, 48000, 2000, 46000), 0.5, 1e-3);
        EXPECT_LT(tests::residue(output.channels[0], 997, 48000, 2000, 46000), 1e-3) << rate;
    }
}

TEST(Resample, RemovesWhatTheNewRateCannotHold) {
    const Waveform output = resample({96000, {tests::sine(30000, 96000, 96000)}}, 48000);
    // The side lobes of a Hann window begin at −44 dB.
    EXPECT_LT(tests::amplitude_at(output.channels[0], 18000, 48000, 2000, 46000), 0.5 * 0.00631);
}

TEST(Resample, TreatsEveryChannelByItself) {
    const Waveform input = tests::two_tones(44100, 500);
    const Waveform output = resample(input, 48000);
    ASSERT_EQ(output.channels.size(), 2u);
    EXPECT_EQ(output.channels[0], resample({44100, {input.channels[0]}}, 48000).channels[0]);
    EXPECT_EQ(output.channels[1], resample({44100, {input.channels[1]}}, 48000).channels[0]);
}

TEST(Resample, RefusesWhatHasNoSamplesOrNoRate) {
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "no samples", [] {
        resample({44100, {{}}}, 48000);
    }));
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "to 0 Hz", [] {
        resample({44100, {{1}}}, 0);
    }));
}

}  // namespace
}  // namespace acestep::audio
