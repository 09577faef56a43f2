// The stage that turns latents into sound.
#pragma once

#include <cstdint>
#include <functional>

#include "acestep/audio.h"
#include "base/array.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// Called after every tile: `samples` more of the song are in `waveform`, from `first_sample` on;
/// what lies behind them is not decoded yet.
using PieceCallback =
    std::function<void(const Waveform& waveform, std::int64_t first_sample, std::int64_t samples)>;

/// Latents `[T, channels]` → a stereo waveform of T · samples per frame, as decoded: not limited.
/// `piece_done` gets each sample once and in order, also when memory runs out between two tiles.
Waveform decode(ModelSet& models, RunContext& context, const Array& latents,
                const PieceCallback& piece_done = {});

}  // namespace acestep::pipeline
