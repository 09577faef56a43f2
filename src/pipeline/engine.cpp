// The engine: one request through all stages.
#include "acestep/engine.h"

#include <algorithm>
#include <utility>

#include "acestep/error.h"
#include "audio/silence.h"
#include "pipeline/checkpoints/checkpoint_choice.h"
#include "pipeline/condition.h"
#include "pipeline/decode.h"
#include "pipeline/describe.h"
#include "pipeline/diffuse.h"
#include "pipeline/engine_implementation.h"
#include "pipeline/finish.h"
#include "pipeline/listen.h"
#include "pipeline/lyric_timing.h"
#include "pipeline/machine/tier_limits.h"
#include "pipeline/plan/plan_constraints.h"
#include "pipeline/plan/request_shape.h"
#include "pipeline/request/task_rules.h"
#include "pipeline/request/validate.h"

namespace acestep {
namespace {

using namespace pipeline;

/// The songs of a request say much the same; each thing is said once.
void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const std::string& warning : more) {
        if (std::find(all.begin(), all.end(), warning) == all.end()) all.push_back(warning);
    }
}

/// Of a song that somebody listens to while the rest is decoded: the first piece should not be the
/// whole of it.
constexpr double longest_piece_seconds = 10;

/// The decoder's pieces as the caller takes them; nothing for no caller.
PieceCallback pieces_of(std::size_t song, const AudioCallback& audio_decoded) {
    if (!audio_decoded) return {};
    return [&audio_decoded, song](const Waveform& waveform, std::int64_t first_sample,
                                  std::int64_t samples) {
        DecodedAudio piece{song, waveform.sample_rate, first_sample, waveform.samples(), {}};
        for (const std::vector<float>& channel : waveform.channels) {
            piece.channels.push_back(std::span(channel).subspan(
                static_cast<std::size_t>(first_sample), static_cast<std::size_t>(samples)));
        }
        audio_decoded(piece);
    };
}

const Waveform* pointer(const std::optional<Waveform>& waveform) {
    return waveform ? &*waveform : nullptr;
}

}  // namespace

Engine::Implementation::Implementation(EngineOptions options)
    : options_(std::move(options)),
      models_(options_),
      placement_(device_sources(machine_limits(options_)), models_.planning_networks(),
                 constraints_of(plan_choices(options_), models_.model_checkpoint(),
                                models_.text_checkpoint()),
                 [this](Placement* placement) { evict(placement); }) {
    keep_to_tier({});
}

void Engine::Implementation::keep_to_tier(const std::string& language_model) {
    const planner::OffloadWish wish{options_.offload_to_cpu, options_.offload_dit_to_cpu,
                                    models_.facts().name, language_model};
    for (const std::string& note :
         pipeline::keep_to_tier(placement_.constraints(), wish, placement_.profile(0),
                                options_.limits, options_.machine.tiers))
        placement_.note(note);
}

void Engine::Implementation::evict(Placement* placement) {
    models_.evict(placement);
    if (language_) language_->evict(placement);
}

SongRequest Engine::Implementation::limited(SongRequest request, GenerationResult& result) {
    const auto limits = limits_on(placement_.profile(0), options_.limits, options_.machine.tiers);
    if (!limits) return request;
    std::vector<std::string> ignored;
    const auto checkpoints = list_checkpoints(options_.checkpoints);
    // Whether it can be used turns out when it is.
    const bool has_lm = std::any_of(checkpoints.begin(), checkpoints.end(),
                                    [](const auto& entry) { return entry.kind == "lm"; });
    // Where the tier has no use for a language model it has to be asked for.
    if (request.thinking == Thinking::automatic && !limits->tier.lm_default_on)
        request.thinking = Thinking::off;
    const bool uses_lm = has_lm && plan_wish(request, ignored).any();
    append(result.warnings, planner::clamp(request, uses_lm, *limits));
    return request;
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
                                                  const SongCallback& song_finished,
                                                  const AudioCallback& audio_decoded) {
    validate(request);
    RunContext context(placement_, progress, cancel);
    if (options_.machine.measures_stages) context.measure_stages();
    const AudioInput input = read_inputs(request, context);
    GenerationResult result;
    result.model = models_.facts().name;
    placement_.constraints().most_decoder_frames =
        audio_decoded
            ? static_cast<std::int64_t>(longest_piece_seconds * models_.facts().frame_rate())
            : 0;
    planner::SongShape shape;
    const SongRequest within = limited(request, result);
    for (const SongRequest& songs : by_codes(planned(within, context, result, shape)))
        make_songs(result, context, songs, input, shape, {song_finished, audio_decoded});
    append(result.warnings, placement_.take_notes());
    return result;
}

void Engine::Implementation::make_songs(GenerationResult& result, RunContext& context,
                                        const SongRequest& request, AudioInput input,
                                        const planner::SongShape& planned,
                                        const Listeners& listeners) {
    SourceFacts facts;
    if (input.source) facts.source_samples = input.source->samples();
    const ResolvedRequest resolved = resolve(request, models_.facts(), facts);
    const diffusion::Schedule schedule = schedule_of(resolved, models_.facts());
    append(result.warnings, resolved.warnings);
    append(result.warnings, schedule.notes);
    if (input.source && audio::is_silent_input(*input.source)) {
        result.warnings.emplace_back(
            "src_audio is silent, so the song is made as if from silence.");
    }
    if (input.source && resolved.region) input.source = on_canvas(*input.source, *resolved.region);

    const Words words = words_of(models_, resolved);
    append(result.warnings, words.warnings);
    const std::int64_t source_frames =
        input.source ? input.source->samples() / models_.facts().samples_per_frame : 0;
    LyricTiming timing(models_, resolved, words);
    timing.plan(placement_, shape_of_songs(resolved, words, schedule.steps(), source_frames,
                                           input.reference.has_value(), planned));
    const Description description = describe(models_, context, words);
    const Heard heard = listen(models_, context, pointer(input.source), pointer(input.reference));
    const Conditioning conditioning = condition(models_, context, resolved, description, heard);
    SampledSongs songs;
    songs.latents = diffuse(models_, context, resolved, conditioning, schedule);
    songs.lyric_times = timing.run(models_, context, resolved, conditioning, songs.latents);
    append(result.warnings, timing.warnings());
    append(result.warnings, placement_.take_notes());
    finish_songs(result, context, resolved, songs, pointer(input.source), listeners);
}

void Engine::Implementation::finish_songs(GenerationResult& result, RunContext& context,
                                          const ResolvedRequest& resolved,
                                          const SampledSongs& songs, const Waveform* canvas,
                                          const Listeners& listeners) {
    for (std::size_t index = 0; index < songs.latents.size(); ++index) {
        const Array& latents = songs.latents[index];
        Song song;
        Waveform decoded = decode(models_, context, latents,
                                  pieces_of(result.songs.size(), listeners.audio_decoded));
        append(result.warnings, placement_.take_notes());
        song.silent = audio::is_silent_output(decoded);
        song.waveform = context.stage(Stage::finish, 0,
                                      [&] { return finish(std::move(decoded), resolved, canvas); });
        song.seed = resolved.seeds[index];
        song.request = request_of_song(resolved, index);
        song.latents = latents.values;
        song.latent_frames = latents.dim(0);
        if (!songs.lyric_times.empty()) song.lyric_times = songs.lyric_times[index];
        if (song.silent) {
            result.warnings.push_back("The song of seed " + std::to_string(song.seed) +
                                      " is silent; another seed or caption may help.");
        }
        result.songs.push_back(std::move(song));
        result.stages = context.reports();
        if (listeners.song_finished) listeners.song_finished(result);
    }
}

Engine::Engine(EngineOptions options)
    : implementation_(std::make_unique<Implementation>(std::move(options))) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

GenerationResult Engine::generate(const SongRequest& request, const ProgressCallback& progress,
                                  const CancelToken* cancel, const SongCallback& song_finished,
                                  const AudioCallback& audio_decoded) {
    return implementation_->generate(request, progress, cancel, song_finished, audio_decoded);
}

}  // namespace acestep
