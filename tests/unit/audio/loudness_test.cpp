#include "audio/loudness.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "audio/waveform.h"
#include "unit/audio/errors.h"
#include "unit/audio/signals.h"

namespace acestep::audio {
namespace {

// ITU-R BS.1770 sets its scale so that a 997 Hz sine at 0 dBFS in one channel measures −3.01 LKFS;
// the same in a second channel doubles the power, +3.01 dB.
Waveform calibration(double level_db, int channels, int rate = 48000, int seconds = 5) {
    const double amplitude = std::pow(10.0, level_db / 20);
    return {rate, std::vector<std::vector<float>>(
                      std::size_t(channels),
                      tests::sine(997, rate, std::int64_t(rate) * seconds, amplitude))};
}

TEST(Loudness, OfTheCalibrationToneIsAsTheStandardSays) {
    EXPECT_NEAR(measure_loudness(calibration(0, 1)).integrated_lufs, -3.01, 0.02);
    EXPECT_NEAR(measure_loudness(calibration(0, 2)).integrated_lufs, 0, 0.02);
    // EBU Tech 3341, case 1: stereo at −23 dBFS measures −23 LUFS.
    EXPECT_NEAR(measure_loudness(calibration(-23, 2)).integrated_lufs, -23, 0.02);
    EXPECT_NEAR(measure_loudness(calibration(-23, 2, 44100)).integrated_lufs, -23, 0.02);
}

TEST(Loudness, IgnoresPauses) {
    // EBU Tech 3341's idea of case 3: what is 10 LU below the rest does not count.
    Waveform waveform = calibration(-23, 2, 48000, 20);
    for (std::vector<float>& channel : waveform.channels) channel.resize(channel.size() * 2, 0.0f);
    EXPECT_NEAR(measure_loudness(waveform).integrated_lufs, -23, 0.1);
}

TEST(Loudness, HasThePeakInDecibels) {
    EXPECT_NEAR(measure_loudness({48000, {{0.1f, 0.5f}, {-1, 0}}}).peak_db, 0, 1e-9);
    EXPECT_NEAR(measure_loudness({48000, {{0.5f}}}).peak_db, -6.0206, 1e-4);
}

TEST(Loudness, OfSilenceIsMinusInfinity) {
    const Loudness silence = measure_loudness({48000, {std::vector<float>(96000)}});
    EXPECT_EQ(silence.integrated_lufs, -std::numeric_limits<double>::infinity());
    EXPECT_EQ(silence.peak_db, -std::numeric_limits<double>::infinity());
}

TEST(Loudness, NeedsFourTenthsOfASecond) {
    Waveform waveform{48000, {tests::sine(997, 48000, 18000)}};
    EXPECT_EQ(measure_loudness(waveform).integrated_lufs, -std::numeric_limits<double>::infinity());
}

TEST(Loudness, OfNothingIsAnError) {
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "cannot be measured", [] {
        measure_loudness({48000, {{}, {}}});
    }));
}

TEST(NormaliseLoudness, HitsTheTargetFromBothSides) {
    for (const double level : {-40.0, -3.0}) {
        Waveform waveform = calibration(level, 2);
        const Loudness reached = normalise_loudness(waveform, -14);
        EXPECT_NEAR(reached.integrated_lufs, -14, 0.02);
        EXPECT_NEAR(measure_loudness(waveform).integrated_lufs, -14, 0.02);
    }
}

TEST(NormaliseLoudness, StopsAtTheCeilingAndSaysWhatWasReached) {
    // One click per 100 samples: quiet for its peak, so the target is out of reach.
    Waveform waveform{48000, {std::vector<float>(96000)}};
    for (std::size_t i = 0; i < waveform.channels[0].size(); i += 100)
        waveform.channels[0][i] = 0.3f;
    const Loudness reached = normalise_loudness(waveform, -5);
    EXPECT_LT(reached.integrated_lufs, -10);
    EXPECT_NEAR(reached.peak_db, -1, 1e-4);
    EXPECT_LE(peak(waveform), float(std::pow(10.0, -1.0 / 20)));
}

TEST(NormaliseLoudness, NeverPassesTheCeilingByRounding) {
    for (double amplitude = 0.01; amplitude < 1; amplitude *= 1.17) {
        Waveform waveform{8000, {tests::sine(997, 8000, 4000, amplitude)}};
        normalise_loudness(waveform, 0);
        EXPECT_LE(peak(waveform), float(std::pow(10.0, -1.0 / 20))) << amplitude;
    }
}

TEST(NormaliseLoudness, LeavesWhatHasNoLoudnessAlone) {
    Waveform waveform{48000, {tests::sine(997, 48000, 1000)}};
    const Waveform before = waveform;
    normalise_loudness(waveform, -14);
    EXPECT_EQ(waveform.channels, before.channels);
}

TEST(NormaliseLoudness, RefusesATargetOutOfRange) {
    for (const double target : {0.1, -71.0, std::numeric_limits<double>::quiet_NaN()}) {
        Waveform waveform = calibration(-20, 1);
        EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "loudness_lufs is ",
                                      [&] { normalise_loudness(waveform, target); }));
    }
}

}  // namespace
}  // namespace acestep::audio
