#include "audio/stereo_48k.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "audio/resample.h"
#include "unit/audio/errors.h"
#include "unit/audio/signals.h"

namespace acestep::audio {
namespace {

TEST(Stereo48k, DoublesASingleChannel) {
    const Waveform result = to_stereo_48k({48000, {{0.25f, -0.5f}}});
    ASSERT_EQ(result.channels.size(), 2u);
    EXPECT_EQ(result.channels[0], (std::vector<float>{0.25f, -0.5f}));
    EXPECT_EQ(result.channels[1], result.channels[0]);
}

TEST(Stereo48k, KeepsTheFirstTwoOfManyChannels) {
    const Waveform result = to_stereo_48k({48000, {{0.1f}, {0.2f}, {0.9f}, {0.8f}}});
    ASSERT_EQ(result.channels.size(), 2u);
    EXPECT_EQ(result.channels[0][0], 0.1f);
    EXPECT_EQ(result.channels[1][0], 0.2f);
}

TEST(Stereo48k, LimitsSamplesAfterResampling) {
    // A square wave at full scale overshoots when it is band-limited: the overshoot is what has to
    // be cut, so limiting before resampling would leave samples above 1.
    std::vector<float> square;
    for (int i = 0; i < 4000; ++i) square.push_back(i / 40 % 2 ? 1.0f : -1.0f);
    const Waveform unlimited = resample({32000, {square}}, 48000);
    const Waveform limited = to_stereo_48k({32000, {square}});
    float overshoot = 0;
    for (std::size_t i = 0; i < unlimited.channels[0].size(); ++i) {
        overshoot = std::max(overshoot, std::abs(unlimited.channels[0][i]));
        EXPECT_EQ(limited.channels[0][i], std::clamp(unlimited.channels[0][i], -1.0f, 1.0f));
    }
    EXPECT_GT(overshoot, 1.05f);
}

TEST(Stereo48k, TakesSamplesFarAboveFullScaleAsLimited) {
    EXPECT_EQ(to_stereo_48k({48000, {{3, -7}}}).channels[0], (std::vector<float>{1, -1}));
}

TEST(Stereo48k, BringsAnyRateTo48000Hz) {
    const Waveform result = to_stereo_48k(tests::two_tones(44100, 44100));
    EXPECT_EQ(result.sample_rate, 48000);
    EXPECT_EQ(result.samples(), 48000);
    EXPECT_NEAR(tests::amplitude_at(result.channels[1], 1000, 48000, 1000, 47000), 0.5, 1e-3);
}

TEST(Stereo48k, RefusesAnEmptyWaveform) {
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "0 channels", [] {
        to_stereo_48k({48000, {}});
    }));
}

}  // namespace
}  // namespace acestep::audio
