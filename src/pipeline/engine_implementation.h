// What an engine holds: networks, their placement on devices and, once asked for, the language
// model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acestep/engine.h"
#include "base/array.h"
#include "pipeline/checkpoints/language_set.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/plan/placement.h"
#include "pipeline/request/resolve.h"
#include "pipeline/request/thinking.h"
#include "pipeline/run_context.h"
#include "planner/song_shape.h"

namespace acestep {

class Engine::Implementation {
public:
    explicit Implementation(EngineOptions options);

    GenerationResult generate(const SongRequest& request, const ProgressCallback& progress,
                              const CancelToken* cancel, const SongCallback& song_finished,
                              const AudioCallback& audio_decoded);

    // engine_language.cpp
    Composition compose(const SongRequest& request, const ProgressCallback& progress,
                        const CancelToken* cancel);
    Composition understand(const UnderstandRequest& request, const ProgressCallback& progress,
                           const CancelToken* cancel);
    Composition inspire(const InspireRequest& request, const ProgressCallback& progress,
                        const CancelToken* cancel);
    Composition format(const FormatRequest& request, const ProgressCallback& progress,
                       const CancelToken* cancel);
    QualityScore score(const ScoreRequest& request, const ProgressCallback& progress,
                       const CancelToken* cancel);

private:
    /// A request's audio, read before anything is computed so that a bad file ends it at once.
    struct AudioInput {
        std::optional<Waveform> source;
        std::optional<Waveform> reference;
    };

    /// The songs of a request before they are decoded.
    struct SampledSongs {
        std::vector<Array> latents;
        std::vector<LyricTimes> lyric_times;  ///< one for each song, or none
    };

    /// Who hears of songs while a request runs; either may be empty.
    struct Listeners {
        const SongCallback& song_finished;
        const AudioCallback& audio_decoded;
    };

    // engine.cpp
    AudioInput read_inputs(const SongRequest& request, pipeline::RunContext& context) const;
    void make_songs(GenerationResult& result, pipeline::RunContext& context,
                    const SongRequest& request, AudioInput input, const planner::SongShape& planned,
                    const Listeners& listeners);
    void finish_songs(GenerationResult& result, pipeline::RunContext& context,
                      const pipeline::ResolvedRequest& resolved, const SampledSongs& songs,
                      const Waveform* canvas, const Listeners& listeners);
    void evict(pipeline::Placement* placement);
    /// Constrains the placement as the tier says, once more when the language model is known.
    void keep_to_tier(const std::string& language_model);
    /// The request within the limits that hold; `result` gets a warning for what was changed.
    SongRequest limited(SongRequest request, GenerationResult& result);

    // engine_language.cpp
    /// Of the model that the user named, else of the one that suits best. Where the limits of the
    /// memory's tier hold, it is one of those the tier allows, with a note when that is another.
    std::optional<std::filesystem::path> language_path();
    /// Opened at the first call. \throws Error{not_found} when there is none.
    pipeline::LanguageSet& language();
    /// The request with its seeds drawn and with what the language model decides, if it is to and
    /// can; `result` gets its plan and warnings.
    SongRequest planned(const SongRequest& request, pipeline::RunContext& context,
                        GenerationResult& result, planner::SongShape& shape);
    /// The rest of `planned`, with a language model that is there.
    SongRequest with_plan(const SongRequest& seeded, const pipeline::PlanWish& wish,
                          pipeline::RunContext& context, GenerationResult& result);
    /// Of a song: heard in its audio or, without a file, as the user has written them.
    /// \throws Error{invalid_request} when there are none.
    std::vector<std::int32_t> codes_of(const std::filesystem::path& audio,
                                       const std::string& audio_codes,
                                       pipeline::RunContext& context);
    /// None for a silent file.
    std::vector<std::int32_t> heard_codes(const std::filesystem::path& audio,
                                          pipeline::RunContext& context);

    EngineOptions options_;
    pipeline::ModelSet models_;
    std::unique_ptr<pipeline::LanguageSet> language_;
    pipeline::Placement placement_;
};

}  // namespace acestep
