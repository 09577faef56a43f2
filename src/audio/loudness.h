// Loudness normalisation after EBU R 128; measuring is public (acestep/audio.h).
#pragma once

#include "acestep/audio.h"

namespace acestep::audio {

/// No sample is brought above this level, dBFS.
inline constexpr double loudness_ceiling_db = -1;

/// Brings the integrated loudness to `target_lufs` with one gain for the whole waveform, smaller
/// than that where a sample would pass the ceiling: the result is then quieter than asked, never
/// squeezed. Returns the levels afterwards, measured again. A waveform without a loudness (silent,
/// or shorter than the 400 ms that a measurement takes) is left as it is. \throws
/// Error{invalid_request} unless −70 ≤ target_lufs ≤ 0, or for a waveform without samples.
Loudness normalise_loudness(Waveform& waveform, double target_lufs);

}  // namespace acestep::audio
