#include "audio/gain.h"

#include <cmath>

#include <fmt/format.h>

#include "acestep/error.h"
#include "audio/waveform.h"

namespace acestep::audio {

void apply_gain(Waveform& waveform, float gain) {
    for (std::vector<float>& channel : waveform.channels)
        for (float& sample : channel) sample *= gain;
}

float limit_peak(Waveform& waveform) {
    const float highest = peak(waveform);
    if (!(highest > 1)) return 1;
    // Divided, as the official program does: the reciprocal as a factor rounds differently.
    for (std::vector<float>& channel : waveform.channels)
        for (float& sample : channel) sample /= highest;
    return 1 / highest;
}

float normalise_peak(Waveform& waveform, double target_db) {
    if (!std::isfinite(target_db) || target_db > 0) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("normalization_db is {}; it has to be 0 or below.", target_db));
    }
    constexpr float lowest_peak = 1e-6f;
    const float highest = peak(waveform);
    if (!(highest >= lowest_peak)) return 1;
    const float gain = float(std::pow(10.0, target_db / 20) / double(highest));
    apply_gain(waveform, gain);
    return gain;
}

}  // namespace acestep::audio
