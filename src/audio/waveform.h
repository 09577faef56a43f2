// What every function of this folder asks of a Waveform before it computes with it.
#pragma once

#include <cstddef>

#include "acestep/audio.h"

namespace acestep::audio {

/// Sample rates that are taken for meant; anything else in a file is damage. The upper one is twice
/// the fastest converter sold.
inline constexpr int lowest_sample_rate = 1000;
inline constexpr int highest_sample_rate = 768000;
inline constexpr int most_channels = 64;

/// \throws Error{invalid_request} unless the waveform has 1…64 channels of the same length ≥ 1 and
/// a sample rate of 1,000…768,000 Hz. `purpose` completes "… cannot be": "resampled", for example.
void require_samples(const Waveform& waveform, const char* purpose);

/// Highest absolute sample of any channel; 0 for an empty waveform, NaN when any sample is NaN.
float peak(const Waveform& waveform);

}  // namespace acestep::audio
