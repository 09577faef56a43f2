#include "audio/waveform.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::audio {

void require_samples(const Waveform& waveform, const char* purpose) {
    const auto refuse = [&](const std::string& reason) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("The waveform cannot be {}: {}.", purpose, reason));
    };
    const std::size_t channels = waveform.channels.size();
    if (channels < 1 || channels > std::size_t(most_channels))
        refuse(fmt::format("it has {} channels; 1 to {} are possible", channels, most_channels));
    if (waveform.sample_rate < lowest_sample_rate || waveform.sample_rate > highest_sample_rate) {
        refuse(fmt::format("its sample rate is {} Hz; {} to {} Hz are possible",
                           waveform.sample_rate, lowest_sample_rate, highest_sample_rate));
    }
    const std::size_t samples = waveform.channels.front().size();
    if (samples == 0) refuse("it has no samples");
    for (std::size_t c = 1; c < channels; ++c) {
        if (waveform.channels[c].size() != samples) {
            refuse(fmt::format("channel {} has {} samples where channel 0 has {}", c,
                               waveform.channels[c].size(), samples));
        }
    }
}

float peak(const Waveform& waveform) {
    float highest = 0;
    for (const std::vector<float>& channel : waveform.channels) {
        for (const float sample : channel) {
            const float level = std::abs(sample);
            if (!(level <= highest)) highest = level;
            if (std::isnan(highest)) return highest;
        }
    }
    return highest;
}

}  // namespace acestep::audio
