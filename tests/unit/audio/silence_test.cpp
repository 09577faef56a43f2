#include "audio/silence.h"

#include <limits>

#include <gtest/gtest.h>

namespace acestep::audio {
namespace {

Waveform constant(float value) {
    return {48000, {{0, 0}, {0, value}}};
}

TEST(SilentOutput, EndsAbove1em5) {
    EXPECT_TRUE(is_silent_output(constant(0)));
    EXPECT_TRUE(is_silent_output(constant(1e-5f)));
    EXPECT_TRUE(is_silent_output(constant(-1e-5f)));
    EXPECT_FALSE(is_silent_output(constant(1.01e-5f)));
    EXPECT_FALSE(is_silent_output(constant(-0.5f)));
}

TEST(SilentInput, EndsAt1em6) {
    EXPECT_TRUE(is_silent_input(constant(0.99e-6f)));
    EXPECT_FALSE(is_silent_input(constant(1e-6f)));
    EXPECT_FALSE(is_silent_input(constant(-1.01e-6f)));
}

TEST(Silence, IsNotWhatIsNotANumber) {
    const Waveform damaged = constant(std::numeric_limits<float>::quiet_NaN());
    EXPECT_FALSE(is_silent_output(damaged));
    EXPECT_FALSE(is_silent_input(damaged));
}

}  // namespace
}  // namespace acestep::audio
