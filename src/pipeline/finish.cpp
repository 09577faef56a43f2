#include "pipeline/finish.h"

#include <utility>

#include "audio/fades.h"
#include "audio/gain.h"
#include "audio/loudness.h"
#include "audio/splice.h"
#include "diffusion/repaint.h"

namespace acestep::pipeline {
namespace {

Waveform spliced(Waveform prediction, const ResolvedRequest& resolved, const Waveform& source,
                 float gain) {
    const diffusion::RepaintQuality quality = diffusion::repaint_quality(
        resolved.request.repaint_mode, resolved.request.repaint_strength);
    if (!quality.splice) return prediction;
    const RegionFrames& region = *resolved.region;
    // The prediction was divided by its peak; the source has to come down with it, or the seam is
    // a step in loudness.
    Waveform level = source;
    if (gain != 1.0f) audio::apply_gain(level, gain);
    return audio::splice(
        std::move(prediction), level,
        {*region.start_seconds, region.end_seconds, quality.waveform_crossfade_seconds});
}

}  // namespace

Waveform finish(Waveform waveform, const ResolvedRequest& resolved, const Waveform* source) {
    const SongRequest& request = resolved.request;
    const float gain = audio::limit_peak(waveform);
    const bool repaints = request.task_type == TaskType::repaint && source && resolved.region &&
                          resolved.region->valid;
    if (repaints) waveform = spliced(std::move(waveform), resolved, *source, gain);
    if (request.loudness_lufs) {
        audio::normalise_loudness(waveform, *request.loudness_lufs);
    } else if (request.enable_normalization) {
        audio::normalise_peak(waveform, request.normalization_db);
    }
    audio::apply_fades(waveform, request.fade_in_duration, request.fade_out_duration);
    return waveform;
}

}  // namespace acestep::pipeline
