#include "audio/gain.h"

#include <limits>

#include <gtest/gtest.h>

#include "audio/waveform.h"
#include "unit/audio/errors.h"

namespace acestep::audio {
namespace {

TEST(LimitPeak, DividesEveryChannelByTheHighestPeak) {
    Waveform waveform{48000, {{0.5f, -1}, {2, 0.25f}}};
    EXPECT_EQ(limit_peak(waveform), 0.5f);
    EXPECT_EQ(waveform.channels, (std::vector<std::vector<float>>{{0.25f, -0.5f}, {1, 0.125f}}));
}

TEST(LimitPeak, LeavesAWaveformWithinFullScaleAlone) {
    Waveform waveform{48000, {{0.5f, -1}}};
    EXPECT_EQ(limit_peak(waveform), 1);
    EXPECT_EQ(waveform.channels[0], (std::vector<float>{0.5f, -1}));
}

TEST(LimitPeak, NeverLeavesASampleAboveFullScale) {
    for (float level = 1.01f; level < 40; level += 0.37f) {
        Waveform waveform{48000, {{level, -level}}};
        limit_peak(waveform);
        EXPECT_EQ(peak(waveform), 1.0f) << level;
    }
}

TEST(NormalisePeak, MovesThePeakUpAndDown) {
    for (const float level : {0.1f, 1.0f, 3.0f}) {
        Waveform waveform{48000, {{level, 0}, {0, -level / 2}}};
        normalise_peak(waveform, -1);
        EXPECT_NEAR(peak(waveform), 0.891251, 1e-6);  // 10^(−1/20)
        EXPECT_NEAR(waveform.channels[1][1], -0.891251 / 2, 1e-6);
    }
}

TEST(NormalisePeak, LeavesSilenceAlone) {
    Waveform waveform{48000, {{0.9e-6f}}};
    EXPECT_EQ(normalise_peak(waveform, -1), 1);
    EXPECT_EQ(waveform.channels[0][0], 0.9e-6f);
}

TEST(NormalisePeak, RefusesATargetAboveFullScale) {
    for (const double target : {0.5, double(std::numeric_limits<double>::quiet_NaN())}) {
        Waveform waveform{48000, {{0.5f}}};
        EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "normalization_db is ",
                                      [&] { normalise_peak(waveform, target); }));
    }
}

}  // namespace
}  // namespace acestep::audio
