#include "audio/splice.h"

#include <gtest/gtest.h>

#include "unit/audio/errors.h"

namespace acestep::audio {
namespace {

// At 1,000 Hz a sample is a millisecond. The prediction is 1 everywhere, the source −1, so a result
// shows the prediction's share m as 2m − 1.
Waveform constant(float value, std::size_t samples) {
    return {1000, {std::vector<float>(samples, value), std::vector<float>(samples, value)}};
}

std::vector<float> shares(const SpliceRegion& region, std::size_t prediction = 10,
                          std::size_t source = 10) {
    Waveform result = splice(constant(1, prediction), constant(-1, source), region);
    EXPECT_EQ(result.channels[0], result.channels[1]);
    for (float& value : result.channels[0]) value = (value + 1) / 2;
    return result.channels[0];
}

TEST(Splice, TakesTheRegionFromThePredictionAndTheRestFromTheSource) {
    EXPECT_EQ(shares({0.003, 0.006, 0}), (std::vector<float>{0, 0, 0, 1, 1, 1, 0, 0, 0, 0}));
}

TEST(Splice, FadesOutsideTheRegionWithoutTheEndPoints) {
    // linspace(0, 1, 5)[1:-1] rising before the region, falling after it.
    EXPECT_EQ(shares({0.004, 0.006, 0.003}),
              (std::vector<float>{0, 0.25f, 0.5f, 0.75f, 1, 1, 0.75f, 0.5f, 0.25f, 0}));
}

TEST(Splice, FadesFasterWhereTheAudioEnds) {
    // One sample before, three after: ramps of 1/2 and of 3/4, 1/2, 1/4.
    EXPECT_EQ(shares({0.001, 0.007, 0.004}),
              (std::vector<float>{0.5f, 1, 1, 1, 1, 1, 1, 0.75f, 0.5f, 0.25f}));
}

TEST(Splice, KeepsThePredictionThatGoesOnBehindTheSource) {
    EXPECT_EQ(shares({0.002, 0.004, 0}, 8, 6), (std::vector<float>{0, 0, 1, 1, 0, 0, 1, 1}));
    EXPECT_EQ(shares({0.006, 0.008, 0.001}, 8, 6), (std::vector<float>{0, 0, 0, 0, 0, 0.5f, 1, 1}));
}

TEST(Splice, OfEverythingIsThePrediction) {
    EXPECT_EQ(shares({0, 1, 0.005}), std::vector<float>(10, 1));
    EXPECT_EQ(shares({-3, 1e300, 0}), std::vector<float>(10, 1));
}

TEST(Splice, CutsTimesToWholeSamples) {
    EXPECT_EQ(shares({0.0039, 0.0069, 0.0009}), shares({0.003, 0.006, 0}));
}

TEST(Splice, GivesTheSourceBackBitForBit) {
    Waveform source{1000, {{0.1f, -0.3f, 1e-20f, 0.7f}}};
    const Waveform result = splice({1000, {{9, 9, 9, 9}}}, source, {0.003, 0.004, 0});
    EXPECT_EQ(result.channels[0], (std::vector<float>{0.1f, -0.3f, 1e-20f, 9}));
}

TEST(Splice, RefusesWaveformsThatDoNotFit) {
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "1 channels at 48000 Hz", [] {
        splice(constant(1, 4), {48000, {{1, 1}}}, {0, 0.001, 0});
    }));
}

TEST(Splice, RefusesARegionThatEndsBeforeItBegins) {
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "region", [] {
        splice(constant(1, 4), constant(1, 4), {0.003, 0.001, 0});
    }));
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "region", [] {
        splice(constant(1, 4), constant(1, 4), {0, 0.001, -1});
    }));
}

}  // namespace
}  // namespace acestep::audio
