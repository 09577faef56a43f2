// The first stage: from what a user asked for to a request in which everything is decided.
//
// Pure: no file, no clock, and chance only through `RandomSource`. Whatever was changed or ignored
// is said in `warnings`. Source: spec pipeline.md 2, 5.1-5.6, 6.1, 7.1, 14.1 (column [R]).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acestep/song.h"
#include "pipeline/checkpoints/model_facts.h"
#include "pipeline/request/regions.h"
#include "pipeline/request/seeds.h"

namespace acestep::pipeline {

struct SourceFacts {
    /// Length of src_audio at the model's sample rate; needed when `uses_source(request)`.
    std::optional<std::int64_t> source_samples;
};

struct ResolvedRequest {
    /// The request with its decisions filled in and without what its task or model ignores:
    ///   lyrics                        as sent, "[Instrumental]" for none
    ///   seeds, retake_seed            as asked for; `seeds` and `retake_seeds` below decide
    ///   duration                      set, except with a source, which decides
    ///   inference_steps               set, except with `timesteps`, which decide
    ///   guidance_scale, shift         set
    ///   src_audio, audio_codes        blank when not used
    ///   repainting_end                0 where only the time before the source is wanted
    SongRequest request;
    std::string instruction;    ///< the user's, else the task's with its tracks
    double prompt_seconds = 0;  ///< the duration that the text prompt tells

    std::vector<std::int64_t> seeds;         ///< one for each song
    std::vector<std::int64_t> retake_seeds;  ///< one for each song; empty without retake_variance

    std::int64_t latent_frames = 0;      ///< of each song, at least the model's minimum
    std::vector<int> codes;              ///< given ones, pool_window frames each; may be empty
    bool uses_source = false;            ///< the source's latents are context
    bool is_cover = false;               ///< the context goes through the audio tokenizer
    std::optional<RegionFrames> region;  ///< repaint and lego

    std::vector<std::string> warnings;  ///< full sentences
};

/// \throws Error{invalid_request} naming field and value, Error{unsupported} for a task the model
/// was not trained for.
ResolvedRequest resolve(const SongRequest& request, const ModelFacts& model,
                        const SourceFacts& source, const RandomSource& random = system_random());

/// The complete request of song `index`: resolved again, it gives this one song.
SongRequest request_of_song(const ResolvedRequest& resolved, std::size_t index);

}  // namespace acestep::pipeline
