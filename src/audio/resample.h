// Resampling as torchaudio's `Resample` does it with its defaults, to the last bits of a float.
//
// A windowed sinc (Hann, 6 zero crossings to each side, roll-off 0.99) as a polyphase filter: with
// the rates divided by their greatest common divisor to o : n, output sample q·n + p is the dot
// product of row p of a table with the input around sample q·o. torchaudio keeps rows of 2w + o
// values, gigabytes when the rates share no factor. Outside its 6 zero crossings a row is exactly 0
// in float32, so only the inside is kept: some 12.2·max(o, n) values for any pair of rates.
// Source: spec pipeline.md 4.2.
#pragma once

#include "acestep/audio.h"

namespace acestep::audio {

/// The waveform at `sample_rate` Hz: ⌈samples · to / from⌉ samples per channel. Samples before the
/// beginning and after the end count as 0. \throws Error{invalid_request} for a waveform without
/// samples or with rates outside 1,000…768,000 Hz.
Waveform resample(const Waveform& waveform, int sample_rate);

}  // namespace acestep::audio
