// From any audio to what the VAE encoder takes. Source: spec pipeline.md 4.2.
#pragma once

#include "acestep/audio.h"

namespace acestep::audio {

inline constexpr int model_sample_rate = 48000;

/// Stereo at 48,000 Hz, in this order: one channel becomes two equal ones, of more than two the
/// first two stay (no down-mix); resampling; limiting to −1…1. Loudness, offset and silence at the
/// ends are left alone. \throws Error{invalid_request} as resample().
Waveform to_stereo_48k(const Waveform& waveform);

}  // namespace acestep::audio
