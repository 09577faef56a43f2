// The stage that hears: source and reference files to waveforms, then to latents.
// Source: spec pipeline.md 4, 5.3, 5.6.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "acestep/audio.h"
#include "base/array.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/request/resolve.h"
#include "pipeline/run_context.h"

namespace acestep::pipeline {

/// Stereo at the model's rate. A file longer than the longest song is refused before it is read.
/// \throws Error
Waveform load_source(const std::filesystem::path& path, const RunContext& context,
                     const ModelFacts& model);
/// Likewise; a file without a sound cannot be a reference. \throws Error{invalid_request}
Waveform load_reference(const std::filesystem::path& path, const RunContext& context,
                        const ModelFacts& model);

/// The source on its canvas: extended by zeros where a region reaches beyond it.
Waveform on_canvas(const Waveform& source, const RegionFrames& region);

/// What the sampler knows of the audio.
struct Heard {
    std::optional<Array> source_latents;  ///< `[frames, channels]`, nothing for a silent source
    Array reference_latents;              ///< `[timbre frames, channels]`
};

/// `source` and `reference` may be null. Latents are the mean of the posterior, so that equal files
/// give equal songs. Without a reference the timbre is that of silence.
Heard listen(ModelSet& models, RunContext& context, const Waveform* source,
             const Waveform* reference);

}  // namespace acestep::pipeline
