// Is there anything to hear? Two questions with two limits, both the official program's.
// Source: spec pipeline.md 4.2 (input), product.md 1 (output).
#pragma once

#include "acestep/audio.h"

namespace acestep::audio {

/// A reference or source that holds nothing: every |sample| < 1e-6.
bool is_silent_input(const Waveform& waveform);

/// A song in which nothing audible came out: RMS and peak ≤ 1e-5 (−100 dBFS).
bool is_silent_output(const Waveform& waveform);

}  // namespace acestep::audio
