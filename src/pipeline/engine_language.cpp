// The engine's language model: plans for songs, and the modes that write texts.
#include <algorithm>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "acestep/engine.h"
#include "acestep/error.h"
#include "base/ascii.h"
#include "pipeline/checkpoints/chat_template_check.h"
#include "pipeline/checkpoints/checkpoint_choice.h"
#include "pipeline/checkpoints/code_agreement.h"
#include "pipeline/compose.h"
#include "pipeline/engine_implementation.h"
#include "pipeline/listen.h"
#include "pipeline/machine/tier_limits.h"
#include "pipeline/plan/plan_constraints.h"
#include "pipeline/plan/request_shape.h"
#include "pipeline/quality.h"
#include "pipeline/request/audio_codes.h"
#include "pipeline/request/seeds.h"
#include "pipeline/request/validate.h"
#include "pipeline/request/validate_language.h"
#include "pipeline/tokenize.h"
#include "planner/lm_choice.h"
#include "text/audio_code_text.h"

namespace acestep {
namespace {

using namespace pipeline;

/// With all its seeds drawn: what is written depends on them.
SongRequest with_seeds(SongRequest request) {
    request.seeds = seeds_for_songs(request.seeds, request.batch_size, system_random());
    if (request.lm_seed)
        request.lm_seed = seeds_for_songs({*request.lm_seed}, 1, system_random()).front();
    return request;
}

std::string joined_lines(const std::vector<std::string>& texts) {
    std::string result;
    for (const std::string& text : texts) result += result.empty() ? text : "\n" + text;
    return result;
}

/// The songs that got codes. One without any would follow those of another, so then none do.
std::string codes_for_songs(const Composition& plan) {
    const bool complete = std::none_of(plan.codes.begin(), plan.codes.end(),
                                       [](const std::string& codes) { return codes.empty(); });
    return complete ? joined_lines(plan.codes) : std::string();
}

std::string made_without(const Error& error) {
    return fmt::format("{} The song is made without the language model.", error.message());
}

/// \pre its codes are not kept
std::string breaks_codes(const checkpoint::Checkpoint& language) {
    const std::string file = language.path().filename().string();
    if (const auto kept = stated_code_agreement(language))
        return fmt::format(
            "The language model {} has fewer than 8 bits and keeps {:.0f} of 100 audio codes.",
            file, codes_of_100(*kept));
    return fmt::format(
        "The language model {} has fewer than 8 bits, and nothing says that its audio codes are "
        "kept; 'acestep models convert' compares them.",
        file);
}

template <typename Result>
void add_notes(Result& result, Placement& placement) {
    for (std::string& note : placement.take_notes()) result.warnings.push_back(std::move(note));
}

}  // namespace

std::optional<std::filesystem::path> Engine::Implementation::language_path() {
    std::vector<CheckpointEntry> entries = list_checkpoints(options_.checkpoints);
    if (options_.lm_model.empty()) entries = without_coarse_language_models(std::move(entries));
    const auto limits = limits_on(placement_.profile(0), options_.limits, options_.machine.tiers);
    if (!limits) return language_model_path(entries, options_);
    planner::LmWish wish{.model = options_.lm_model,
                         .on_disk = {},
                         .required = true,
                         .diffusion_model = models_.facts().name};
    for (const CheckpointEntry& entry : entries)
        if (entry.kind == "lm" && entry.problem.empty()) wish.on_disk.push_back(entry.name);
    const planner::LmChoice choice = planner::choose_lm(wish, limits->tier, limits->form);
    EngineOptions options = options_;
    if (std::find(wish.on_disk.begin(), wish.on_disk.end(), choice.model) != wish.on_disk.end()) {
        options.lm_model = choice.model;
        for (const std::string& warning : choice.warnings) placement_.note(warning);
    }
    return language_model_path(entries, options);
}

LanguageSet& Engine::Implementation::language() {
    if (!language_) {
        const auto path = language_path();
        if (!path) {
            throw Error(
                ErrorCode::not_found,
                fmt::format("There is no language model in {}.", options_.checkpoints.string()),
                "Put a folder such as acestep-5Hz-lm-1.7B there.");
        }
        checkpoint::Checkpoint checkpoint = checkpoint::Checkpoint::open(*path);
        if (!keeps_codes(checkpoint)) placement_.note(breaks_codes(checkpoint));
        if (const auto warning = foreign_chat_template(checkpoint)) placement_.note(*warning);
        const auto policies = language_policies(plan_choices(options_), checkpoint);
        auto set =
            std::make_unique<LanguageSet>(std::move(checkpoint), policies.front(), models_.facts());
        placement_.constraints().lm_policies = policies;
        models_.planning_networks().set_language(set->checkpoint());
        language_ = std::move(set);
        keep_to_tier(language_->name());
    }
    return *language_;
}

SongRequest Engine::Implementation::with_plan(const SongRequest& seeded, const PlanWish& wish,
                                              RunContext& context, GenerationResult& result) {
    result.plan = pipeline::compose(*language_, context, seeded, wish, models_.facts());
    SongRequest songs = with_metadata(seeded, result.plan->metadata, wish);
    if (wish.codes) songs.audio_codes = codes_for_songs(*result.plan);
    result.warnings.insert(result.warnings.end(), result.plan->warnings.begin(),
                           result.plan->warnings.end());
    return songs;
}

SongRequest Engine::Implementation::planned(const SongRequest& request, RunContext& context,
                                            GenerationResult& result, planner::SongShape& shape) {
    const PlanWish wish = plan_wish(request, result.warnings);
    const SongRequest seeded = with_seeds(request);
    if (!wish.any()) return seeded;
    const auto go_on_without = [&](const Error& error) {
        if (error.code() == ErrorCode::cancelled || wish.demanded) throw error;
        result.warnings.push_back(made_without(error));
        shape = {};
        SongRequest unplanned = seeded;
        unplanned.thinking = Thinking::off;
        return unplanned;
    };
    try {
        language();
        shape = shape_of_plan(seeded, wish, models_.facts());
        placement_.plan_for(shape);
        return with_plan(seeded, wish, context, result);
    } catch (const Error& error) {
        return go_on_without(error);
    } catch (const std::bad_alloc&) {
        return go_on_without(
            Error(ErrorCode::out_of_memory, "The language model found no memory."));
    }
}

Composition Engine::Implementation::compose(const SongRequest& request,
                                            const ProgressCallback& progress,
                                            const CancelToken* cancel) {
    validate(request);
    if (request.task_type != TaskType::text2music) {
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("task_type is {}; only text2music is composed.", name(request.task_type)));
    }
    RunContext context(placement_, progress, cancel);
    const PlanWish wish{.codes = true,
                        .metas = request.use_cot_metas.value_or(true),
                        .caption = request.use_cot_caption.value_or(true),
                        .language = request.use_cot_language.value_or(true),
                        .demanded = true};
    LanguageSet& set = language();
    planner::SongShape shape = shape_of_plan(request, wish, models_.facts());
    shape.frames = 0;
    placement_.plan_for(shape);
    Composition composition =
        pipeline::compose(set, context, with_seeds(request), wish, models_.facts());
    add_notes(composition, placement_);
    return composition;
}

std::vector<std::int32_t> Engine::Implementation::heard_codes(const std::filesystem::path& audio,
                                                              RunContext& context) {
    const Waveform song =
        context.stage(Stage::load, 0, [&] { return load_source(audio, context, models_.facts()); });
    placement_.plan_for(shape_of_text_mode(0, song.samples() / models_.facts().samples_per_frame));
    const Heard heard = listen(models_, context, &song, nullptr);
    if (!heard.source_latents) return {};
    return context.stage(Stage::condition, 0,
                         [&] { return tokenize(models_, context, *heard.source_latents); });
}

std::vector<std::int32_t> Engine::Implementation::codes_of(const std::filesystem::path& audio,
                                                           const std::string& audio_codes,
                                                           RunContext& context) {
    std::vector<std::int32_t> codes;
    if (audio.empty()) {
        const AudioCodes given = parse_audio_codes(audio_codes, models_.facts().code_count);
        codes.assign(given.values.begin(), given.values.end());
    } else {
        codes = heard_codes(audio, context);
    }
    if (codes.empty()) {
        throw Error(ErrorCode::invalid_request,
                    audio.empty()
                        ? "There is no song to hear: neither audio nor audio_codes are given."
                        : fmt::format("{} is silent; there is nothing to hear.", audio.string()));
    }
    return codes;
}

Composition Engine::Implementation::understand(const UnderstandRequest& request,
                                               const ProgressCallback& progress,
                                               const CancelToken* cancel) {
    validate(request.language);
    RunContext context(placement_, progress, cancel);
    LanguageSet& set = language();
    const std::vector<std::int32_t> codes = codes_of(request.audio, request.audio_codes, context);
    placement_.plan_for(shape_of_text_mode(static_cast<std::int64_t>(codes.size())));
    Composition composition =
        pipeline::understand(set, context, text::audio_code_text(codes), request.language);
    add_notes(composition, placement_);
    return composition;
}

QualityScore Engine::Implementation::score(const ScoreRequest& request,
                                           const ProgressCallback& progress,
                                           const CancelToken* cancel) {
    validate(request);
    RunContext context(placement_, progress, cancel);
    LanguageSet& set = language();
    const std::vector<std::int32_t> codes = codes_of(request.audio, request.audio_codes, context);
    planner::SongShape shape = shape_of_text_mode(static_cast<std::int64_t>(codes.size()));
    shape.lm_tokens = std::max({shape.lm_tokens, most_tokens_of(request.metadata.caption),
                                most_tokens_of(request.lyrics)});
    placement_.plan_for(shape);
    QualityScore quality = pipeline::score(set, context, text::audio_code_text(codes), request);
    add_notes(quality, placement_);
    return quality;
}

Composition Engine::Implementation::inspire(const InspireRequest& request,
                                            const ProgressCallback& progress,
                                            const CancelToken* cancel) {
    validate(request);
    RunContext context(placement_, progress, cancel);
    LanguageSet& set = language();
    placement_.plan_for(shape_of_text_mode(most_tokens_of(request.query)));
    Composition composition = pipeline::inspire(set, context, request);
    add_notes(composition, placement_);
    return composition;
}

Composition Engine::Implementation::format(const FormatRequest& request,
                                           const ProgressCallback& progress,
                                           const CancelToken* cancel) {
    validate(request);
    RunContext context(placement_, progress, cancel);
    LanguageSet& set = language();
    placement_.plan_for(shape_of_text_mode(most_tokens_of(request.caption + request.lyrics)));
    Composition composition = pipeline::format(set, context, request);
    add_notes(composition, placement_);
    return composition;
}

Composition Engine::compose(const SongRequest& request, const ProgressCallback& progress,
                            const CancelToken* cancel) {
    return implementation_->compose(request, progress, cancel);
}

Composition Engine::understand(const UnderstandRequest& request, const ProgressCallback& progress,
                               const CancelToken* cancel) {
    return implementation_->understand(request, progress, cancel);
}

Composition Engine::inspire(const InspireRequest& request, const ProgressCallback& progress,
                            const CancelToken* cancel) {
    return implementation_->inspire(request, progress, cancel);
}

Composition Engine::format(const FormatRequest& request, const ProgressCallback& progress,
                           const CancelToken* cancel) {
    return implementation_->format(request, progress, cancel);
}

QualityScore Engine::score(const ScoreRequest& request, const ProgressCallback& progress,
                           const CancelToken* cancel) {
    return implementation_->score(request, progress, cancel);
}

}  // namespace acestep
