#include "audio/waveform.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "unit/audio/errors.h"

namespace acestep::audio {
namespace {

TEST(Waveform, IsRefusedWithTheReason) {
    const auto refused = [](const Waveform& waveform, const char* words) {
        return tests::fails_with(ErrorCode::invalid_request, words,
                                 [&] { require_samples(waveform, "measured"); });
    };
    EXPECT_TRUE(refused({48000, {}}, "cannot be measured: it has 0 channels"));
    EXPECT_TRUE(refused({48000, {{}, {}}}, "no samples"));
    EXPECT_TRUE(refused({48000, {{1, 2}, {1}}}, "channel 1 has 1 samples where channel 0 has 2"));
    EXPECT_TRUE(refused({0, {{1}}}, "0 Hz"));
    EXPECT_TRUE(refused({-48000, {{1}}}, "-48000 Hz"));
    EXPECT_TRUE(refused({48000, std::vector<std::vector<float>>(65, {1})}, "65 channels"));
}

TEST(Waveform, IsTakenWhenItHasSamples) {
    EXPECT_NO_THROW(require_samples({8000, {{0}}}, "measured"));
    EXPECT_NO_THROW(require_samples({192000, {{0, 1}, {1, 0}}}, "measured"));
}

TEST(Peak, IsTheHighestAbsoluteSampleOfAnyChannel) {
    EXPECT_EQ(peak({48000, {{0.1f, -0.2f}, {-0.75f, 0.5f}}}), 0.75f);
    EXPECT_EQ(peak({48000, {}}), 0);
}

TEST(Peak, IsNotANumberWhenASampleIsNot) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isnan(peak({48000, {{0.1f, nan, 0.2f}}})));
    EXPECT_TRUE(std::isnan(peak({48000, {{nan}, {1}}})));
}

}  // namespace
}  // namespace acestep::audio
