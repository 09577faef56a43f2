// The engine: one request through all stages.
#include "acestep/engine.h"

#include <algorithm>
#include <utility>

#include "acestep/error.h"
#include "audio/silence.h"
#include "pipeline/condition.h"
#include "pipeline/decode.h"
#include "pipeline/describe.h"
#include "pipeline/diffuse.h"
#include "pipeline/engine_implementation.h"
#include "pipeline/finish.h"
#include "pipeline/listen.h"
#include "pipeline/task_rules.h"
#include "pipeline/validate.h"

namespace acestep {
namespace {

using namespace pipeline;

// Overlaps cost a tenth at this length, a full-size decode takes about 1.6 GB, and no operation of
// it runs longer than a request to stop may wait.
constexpr int default_tile_frames = 192;

/// The songs of a request say much the same; each thing is said once.
void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const std::string& warning : more) {
        if (std::find(all.begin(), all.end(), warning) == all.end()) all.push_back(warning);
    }
}

const Waveform* pointer(const std::optional<Waveform>& waveform) {
    return waveform ? &*waveform : nullptr;
}

}  // namespace

Engine::Implementation::Implementation(EngineOptions options)
    : options_(std::move(options)),
      device_(runtime::Device::cpu(options_.threads)),
      models_(options_) {}

std::int64_t Engine::Implementation::tile_frames() const {
    return options_.vae_tile_frames > 0 ? options_.vae_tile_frames : default_tile_frames;
}

Engine::Implementation::AudioInput Engine::Implementation::read_inputs(const SongRequest& request,
                                                                       RunContext& context) const {
    return context.stage(Stage::load, 0, [&] {
        AudioInput input;
        // A task without the source it needs is refused by `resolve`, which says what it needs.
        if (uses_source(request) && !request.src_audio.empty()) {
            input.source = load_source(request.src_audio, context, models_.facts());
        }
        if (!request.reference_audio.empty())
            input.reference = load_reference(request.reference_audio, context, models_.facts());
        return input;
    });
}

GenerationResult Engine::Implementation::generate(const SongRequest& request,
                                                  const ProgressCallback& progress,
                                                  const CancelToken* cancel,
                                                  const SongCallback& song_finished) {
    validate(request);
    RunContext context(*device_, progress, cancel);
    const AudioInput input = read_inputs(request, context);
    GenerationResult result;
    result.model = models_.facts().name;
    for (const SongRequest& songs : by_codes(planned(request, context, result)))
        make_songs(result, context, songs, input, song_finished);
    return result;
}

void Engine::Implementation::make_songs(GenerationResult& result, RunContext& context,
                                        const SongRequest& request, AudioInput input,
                                        const SongCallback& song_finished) {
    SourceFacts facts;
    if (input.source) facts.source_samples = input.source->samples();
    const ResolvedRequest resolved = resolve(request, models_.facts(), facts);
    const diffusion::Schedule schedule = schedule_of(resolved, models_.facts());
    append(result.warnings, resolved.warnings);
    append(result.warnings, schedule.notes);
    if (input.source && audio::is_silent_input(*input.source)) {
        result.warnings.push_back("src_audio is silent, so the song is made as if from silence.");
    }
    if (input.source && resolved.region) input.source = on_canvas(*input.source, *resolved.region);

    const Description description = describe(models_, context, resolved);
    append(result.warnings, description.warnings);
    const Heard heard =
        listen(models_, context, pointer(input.source), pointer(input.reference), tile_frames());
    const Conditioning conditioning = condition(models_, context, resolved, description, heard);
    const std::vector<Array> latents = diffuse(models_, context, resolved, conditioning, schedule);
    finish_songs(result, context, resolved, latents, pointer(input.source), song_finished);
}

void Engine::Implementation::finish_songs(GenerationResult& result, RunContext& context,
                                          const ResolvedRequest& resolved,
                                          const std::vector<Array>& latents, const Waveform* canvas,
                                          const SongCallback& song_finished) {
    for (std::size_t index = 0; index < latents.size(); ++index) {
        Song song;
        Waveform decoded = decode(models_, context, latents[index], tile_frames());
        song.silent = audio::is_silent_output(decoded);
        song.waveform = context.stage(Stage::finish, 0,
                                      [&] { return finish(std::move(decoded), resolved, canvas); });
        song.seed = resolved.seeds[index];
        song.request = request_of_song(resolved, index);
        song.latents = latents[index].values;
        song.latent_frames = latents[index].dim(0);
        if (song.silent) {
            result.warnings.push_back("The song of seed " + std::to_string(song.seed) +
                                      " is silent; another seed or caption may help.");
        }
        result.songs.push_back(std::move(song));
        result.stages = context.reports();
        if (song_finished) song_finished(result);
    }
}

Engine::Engine(EngineOptions options)
    : implementation_(std::make_unique<Implementation>(std::move(options))) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

GenerationResult Engine::generate(const SongRequest& request, const ProgressCallback& progress,
                                  const CancelToken* cancel, const SongCallback& song_finished) {
    return implementation_->generate(request, progress, cancel, song_finished);
}

}  // namespace acestep
