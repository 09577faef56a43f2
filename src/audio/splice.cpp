#include "audio/splice.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "acestep/error.h"
#include "audio/waveform.h"

namespace acestep::audio {
namespace {

std::int64_t to_samples(double seconds, int sample_rate, std::int64_t limit) {
    return std::int64_t(std::clamp(std::trunc(seconds * sample_rate), 0.0, double(limit)));
}

/// The prediction's share: 1 inside `[start, end)`, rising before, falling after, 0 elsewhere.
std::vector<float> prediction_share(std::int64_t length, std::int64_t start, std::int64_t end,
                                    std::int64_t crossfade) {
    std::vector<float> share(std::size_t(length), 0.0f);
    std::fill(share.begin() + start, share.begin() + end, 1.0f);
    const std::int64_t rising = std::min(crossfade, start);
    for (std::int64_t i = 0; i < rising; ++i)
        share[std::size_t(start - 1 - i)] = 1 - float(double(i + 1) / double(rising + 1));
    const std::int64_t falling = std::min(crossfade, length - end);
    for (std::int64_t i = 0; i < falling; ++i)
        share[std::size_t(end + i)] = 1 - float(double(i + 1) / double(falling + 1));
    return share;
}

void check(const Waveform& prediction, const Waveform& source, const SpliceRegion& region) {
    require_samples(prediction, "spliced");
    require_samples(source, "spliced");
    if (prediction.channels.size() != source.channels.size() ||
        prediction.sample_rate != source.sample_rate) {
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("A waveform of {} channels at {} Hz cannot be spliced into one of {} "
                        "channels at {} Hz.",
                        prediction.channels.size(), prediction.sample_rate, source.channels.size(),
                        source.sample_rate));
    }
    if (!(region.start_seconds <= region.end_seconds && region.crossfade_seconds >= 0)) {
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("The region to repaint, {} to {} s with a cross-fade of {} s, is no "
                        "region.",
                        region.start_seconds, region.end_seconds, region.crossfade_seconds));
    }
}

}  // namespace

Waveform splice(Waveform prediction, const Waveform& source, const SpliceRegion& region) {
    check(prediction, source, region);
    const int rate = prediction.sample_rate;
    const std::int64_t length = std::min(prediction.samples(), source.samples());
    const std::vector<float> share =
        prediction_share(length, to_samples(region.start_seconds, rate, length),
                         to_samples(region.end_seconds, rate, length),
                         to_samples(region.crossfade_seconds, rate, length));
    for (std::size_t c = 0; c < prediction.channels.size(); ++c) {
        std::vector<float>& samples = prediction.channels[c];
        const std::vector<float>& kept = source.channels[c];
        for (std::size_t i = 0; i < share.size(); ++i)
            samples[i] = share[i] * samples[i] + (1 - share[i]) * kept[i];
    }
    return prediction;
}

}  // namespace acestep::audio
