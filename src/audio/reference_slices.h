// What the timbre encoder hears of a reference file: 30 s, ten from each third.
// Source: spec pipeline.md 4.3.
#pragma once

#include <cstdint>

#include "acestep/audio.h"

namespace acestep::audio {

/// Three slices of 10 s, one after the other: a random one from the first third of the waveform,
/// one from the second, one from the last. A waveform below 30 s is repeated first until it has at
/// least that. Equal seeds give equal slices on every machine: the three starts are
/// SplitMix64(seed) .up_to(…), drawn front, middle, back (random.h). \throws Error{invalid_request}
/// for a waveform without samples.
Waveform reference_slices(const Waveform& waveform, std::uint64_t seed);

}  // namespace acestep::audio
