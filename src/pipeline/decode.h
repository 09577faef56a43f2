// The stage that turns latents into sound.
#pragma once

#include <cstdint>

#include "acestep/audio.h"
#include "base/array.h"
#include "pipeline/model_set.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// Latents `[T, channels]` → a stereo waveform of T · samples per frame, as decoded: not limited.
Waveform decode(ModelSet& models, RunContext& context, const Array& latents);

}  // namespace acestep::pipeline
