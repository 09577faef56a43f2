// Repaint's last step: what lies outside the repainted region comes from the source again, sample
// for sample, with a short cross-fade at each seam. Source: spec pipeline.md 5.8, item 3.
#pragma once

#include "acestep/audio.h"

namespace acestep::audio {

/// What was repainted, in seconds of the waveform, and how long each cross-fade is.
struct SpliceRegion {
    double start_seconds = 0;
    double end_seconds = 0;
    double crossfade_seconds = 0;
};

/// `prediction` inside the region, `source` outside, over the length that both have; what the
/// prediction has beyond the source's end stays. Times are cut to whole samples and limited to that
/// length. The cross-fades lie outside the region: linear, both end points excluded, shorter where
/// the audio ends. \throws Error{invalid_request} when channels or sample rates differ, or unless
/// start ≤ end and the cross-fade is ≥ 0.
Waveform splice(Waveform prediction, const Waveform& source, const SpliceRegion& region);

}  // namespace acestep::audio
