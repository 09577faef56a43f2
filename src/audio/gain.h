// Peak levels: the anti-clip rule and peak normalisation. Source: spec pipeline.md 8.1 and 8.2.
#pragma once

#include "acestep/audio.h"

namespace acestep::audio {

/// Multiplies every sample.
void apply_gain(Waveform& waveform, float gain);

/// Divides by the peak when it is above 1. Returns the gain that was applied, 1 when there was
/// nothing to do: a splice can bring its source to the same level.
float limit_peak(Waveform& waveform);

/// Brings the peak of all channels together to `target_db` dBFS, up or down. A waveform with a peak
/// below 1e-6 is left as it is. Returns the gain. \throws Error{invalid_request} unless target_db
/// is a number ≤ 0.
float normalise_peak(Waveform& waveform, double target_db);

}  // namespace acestep::audio
