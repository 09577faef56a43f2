// Fade-in and fade-out. Source: spec pipeline.md 8.3.
#pragma once

#include "acestep/audio.h"

namespace acestep::audio {

/// Linear ramps over the first and the last samples: from exactly 0 up to 1, from 1 down to exactly
/// 0. A ramp longer than the waveform becomes as long as it; ramps may overlap. Lengths are rounded
/// to whole samples, halves to the even one. \throws Error{invalid_request} for a negative length
/// or one that is no number.
void apply_fades(Waveform& waveform, double fade_in_seconds, double fade_out_seconds);

}  // namespace acestep::audio
