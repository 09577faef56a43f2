#include "audio/stereo_48k.h"

#include <algorithm>

#include "audio/resample.h"
#include "audio/waveform.h"

namespace acestep::audio {

Waveform to_stereo_48k(const Waveform& waveform) {
    require_samples(waveform, "taken as stereo at 48 kHz");
    Waveform kept{waveform.sample_rate, {waveform.channels[0]}};
    if (waveform.channels.size() > 1) kept.channels.push_back(waveform.channels[1]);

    Waveform result = resample(kept, model_sample_rate);
    for (std::vector<float>& channel : result.channels)
        for (float& sample : channel) sample = std::clamp(sample, -1.0f, 1.0f);
    // Equal channels resample equally, so the second is made last, at half the work.
    if (result.channels.size() == 1) result.channels.push_back(result.channels[0]);
    return result;
}

}  // namespace acestep::audio
