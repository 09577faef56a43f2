#include "audio/fades.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::audio {
namespace {

std::int64_t ramp_samples(const Waveform& waveform, double seconds, const char* field) {
    if (!(seconds >= 0)) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} is {} s; it has to be 0 or above.", field, seconds));
    }
    // Limited before it becomes an integer: the length asked for may be any number.
    return std::int64_t(
        std::min(std::nearbyint(seconds * waveform.sample_rate), double(waveform.samples())));
}

/// Sample i of a ramp of `length` samples from 0 to 1; a single sample is 0.
float ramp(std::int64_t i, std::int64_t length) {
    return length > 1 ? float(double(i) / double(length - 1)) : 0.0f;
}

}  // namespace

void apply_fades(Waveform& waveform, double fade_in_seconds, double fade_out_seconds) {
    const std::int64_t in = ramp_samples(waveform, fade_in_seconds, "fade_in_duration");
    const std::int64_t out = ramp_samples(waveform, fade_out_seconds, "fade_out_duration");
    for (std::vector<float>& channel : waveform.channels) {
        for (std::int64_t i = 0; i < in; ++i) channel[std::size_t(i)] *= ramp(i, in);
        // The ramp down is the ramp up read backwards, so its last sample is exactly 0.
        for (std::int64_t i = 0; i < out; ++i)
            channel[channel.size() - 1 - std::size_t(i)] *= ramp(i, out);
    }
}

}  // namespace acestep::audio
