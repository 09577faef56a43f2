#include "audio/fades.h"

#include <limits>

#include <gtest/gtest.h>

#include "unit/audio/errors.h"

namespace acestep::audio {
namespace {

Waveform ones(std::size_t samples, int rate = 1000) {
    return {rate, {std::vector<float>(samples, 1), std::vector<float>(samples, -1)}};
}

TEST(Fades, AreLinearRampsThatEndAtZero) {
    Waveform waveform = ones(10);
    apply_fades(waveform, 0.005, 0.003);
    // linspace(0, 1, 5) and linspace(1, 0, 3)
    EXPECT_EQ(waveform.channels[0],
              (std::vector<float>{0, 0.25f, 0.5f, 0.75f, 1, 1, 1, 1, 0.5f, 0}));
    for (std::size_t i = 0; i < 10; ++i)
        EXPECT_EQ(waveform.channels[1][i], -waveform.channels[0][i]) << i;
}

TEST(Fades, OfNoLengthChangeNothing) {
    Waveform waveform = ones(4);
    apply_fades(waveform, 0, 0);
    EXPECT_EQ(waveform.channels, ones(4).channels);
}

TEST(Fades, AreShortenedToTheWaveform) {
    for (const double seconds : {5.0, 1e300, std::numeric_limits<double>::infinity()}) {
        Waveform waveform = ones(3);
        apply_fades(waveform, seconds, 0);
        EXPECT_EQ(waveform.channels[0], (std::vector<float>{0, 0.5f, 1}));
    }
}

TEST(Fades, MayOverlap) {
    Waveform waveform = ones(5);
    apply_fades(waveform, 1, 1);
    EXPECT_EQ(waveform.channels[0], (std::vector<float>{0, 0.1875f, 0.25f, 0.1875f, 0}));
}

TEST(Fades, RoundHalvesToTheEvenLength) {
    Waveform waveform = ones(8);
    apply_fades(waveform, 0.0025, 0);  // 2.5 samples: 2
    EXPECT_EQ(waveform.channels[0], (std::vector<float>{0, 1, 1, 1, 1, 1, 1, 1}));
}

TEST(Fades, RefuseNegativeLengths) {
    Waveform waveform = ones(4);
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "fade_in_duration is -1 s",
                                  [&] { apply_fades(waveform, -1, 0); }));
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "fade_out_duration is nan", [&] {
        apply_fades(waveform, 0, std::numeric_limits<double>::quiet_NaN());
    }));
}

}  // namespace
}  // namespace acestep::audio
