#include "pipeline/request/regions.h"

#include <algorithm>

namespace acestep::pipeline {
namespace {

// The frames of [start, end) seconds, at least one, inside `frames`.
FrameRange frames_of(double start, double end, std::int64_t frames, const ModelFacts& model) {
    const auto frame_at = [&](double seconds) {
        // Whole samples first: seconds times frame rate rounds to another frame in some cases.
        return static_cast<std::int64_t>(seconds * model.sample_rate) / model.samples_per_frame;
    };
    const std::int64_t last = std::max<std::int64_t>(frames, 1);
    const std::int64_t first = std::clamp<std::int64_t>(frame_at(start), 0, last - 1);
    return {first, std::clamp(frame_at(end), first + 1, last)};
}

}  // namespace

RegionFrames region_frames(TaskType task, std::int64_t source_samples, std::optional<double> start,
                           std::optional<double> end, const ModelFacts& model,
                           LegoSource lego_source) {
    const double source_seconds = double(source_samples) / model.sample_rate;
    const double wanted_end = end && *end >= 0 ? *end : source_seconds;
    const double before = std::max(0.0, -start.value_or(0));
    const double behind = std::max(0.0, wanted_end - source_seconds);
    const auto samples = [&](double seconds) {
        return static_cast<std::int64_t>(seconds * model.sample_rate);
    };

    RegionFrames region;
    if (start) region.start_seconds = *start + before;
    region.end_seconds = wanted_end + before;
    region.first_source_sample = samples(before);
    region.padded_samples = samples(before) + source_samples + samples(behind);
    region.latent_frames = region.padded_samples / model.samples_per_frame;
    region.valid = start && region.end_seconds > *region.start_seconds;
    if (!region.valid) {
        region.mask = {0, region.latent_frames};
        return region;
    }
    region.mask = frames_of(*region.start_seconds, region.end_seconds, region.latent_frames, model);
    if (task == TaskType::repaint || lego_source == LegoSource::silenced)
        region.silenced = region.mask;
    return region;
}

}  // namespace acestep::pipeline
