// What an engine holds: device, networks and, once asked for, the language model.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "acestep/engine.h"
#include "base/array.h"
#include "pipeline/language_set.h"
#include "pipeline/model_set.h"
#include "pipeline/resolve.h"
#include "pipeline/run_context.h"
#include "pipeline/thinking.h"
#include "runtime/device.h"

namespace acestep {

class Engine::Implementation {
public:
    explicit Implementation(EngineOptions options);

    GenerationResult generate(const SongRequest& request, const ProgressCallback& progress,
                              const CancelToken* cancel, const SongCallback& song_finished);

    // engine_language.cpp
    Composition compose(const SongRequest& request, const ProgressCallback& progress,
                        const CancelToken* cancel);
    Composition understand(const UnderstandRequest& request, const ProgressCallback& progress,
                           const CancelToken* cancel);
    Composition inspire(const InspireRequest& request, const ProgressCallback& progress,
                        const CancelToken* cancel);
    Composition format(const FormatRequest& request, const ProgressCallback& progress,
                       const CancelToken* cancel);

private:
    /// A request's audio, read before anything is computed so that a bad file ends it at once.
    struct AudioInput {
        std::optional<Waveform> source;
        std::optional<Waveform> reference;
    };

    // engine.cpp
    AudioInput read_inputs(const SongRequest& request, pipeline::RunContext& context) const;
    void make_songs(GenerationResult& result, pipeline::RunContext& context,
                    const SongRequest& request, AudioInput input,
                    const SongCallback& song_finished);
    void finish_songs(GenerationResult& result, pipeline::RunContext& context,
                      const pipeline::ResolvedRequest& resolved, const std::vector<Array>& latents,
                      const Waveform* canvas, const SongCallback& song_finished);
    std::int64_t tile_frames() const;

    // engine_language.cpp
    /// Opened at the first call. \throws Error{not_found} when there is none.
    pipeline::LanguageSet& language();
    /// The request with its seeds drawn and with what the language model decides, if it is to and
    /// can; `result` gets its plan and warnings.
    SongRequest planned(const SongRequest& request, pipeline::RunContext& context,
                        GenerationResult& result);

    EngineOptions options_;
    std::unique_ptr<runtime::Device> device_;
    pipeline::ModelSet models_;
    std::unique_ptr<pipeline::LanguageSet> language_;
};

}  // namespace acestep
