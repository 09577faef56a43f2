// Rounding to 16 bits without distortion: TPDF dither.
//
// Rounding alone turns quiet passages and fades into tones that follow the music. Adding noise of
// triangular distribution, ±1 step wide, before rounding makes the error a steady hiss at −93 dBFS
// whose mean and power do not depend on the signal.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "audio/random.h"

namespace acestep::audio {

/// The same samples give the same output every time: the noise starts from a fixed seed.
class Dither16 {
public:
    /// The sample (full scale ±1) as a 16-bit integer; limited where it would overflow.
    std::int16_t operator()(float sample) {
        const std::uint64_t bits = random_.next();
        const float noise = unit(bits >> 32) - unit(bits & 0xFFFFFFFFu);  // triangular in −1…1
        const float value = std::nearbyint(sample * 32768.0f + noise);
        return static_cast<std::int16_t>(std::clamp(value, -32768.0f, 32767.0f));
    }

private:
    static float unit(std::uint64_t bits32) { return float(bits32) * 0x1p-32f; }

    SplitMix64 random_{0};
};

}  // namespace acestep::audio
