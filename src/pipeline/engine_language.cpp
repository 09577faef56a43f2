// The engine's language model: plans for songs, and the modes that write texts.
#include <algorithm>
#include <new>

#include <fmt/format.h>

#include "acestep/engine.h"
#include "acestep/error.h"
#include "pipeline/ascii.h"
#include "pipeline/audio_codes.h"
#include "pipeline/checkpoint_choice.h"
#include "pipeline/compose.h"
#include "pipeline/engine_implementation.h"
#include "pipeline/listen.h"
#include "pipeline/seeds.h"
#include "pipeline/tokenize.h"
#include "pipeline/validate.h"
#include "pipeline/validate_language.h"
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

}  // namespace

LanguageSet& Engine::Implementation::language() {
    if (!language_) {
        const auto path = language_model_path(list_checkpoints(options_.checkpoints), options_);
        if (!path) {
            throw Error(
                ErrorCode::not_found,
                fmt::format("There is no language model in {}.", options_.checkpoints.string()),
                "Put a folder such as acestep-5Hz-lm-1.7B there.");
        }
        language_ = std::make_unique<LanguageSet>(*path, options_, models_.facts());
    }
    return *language_;
}

SongRequest Engine::Implementation::planned(const SongRequest& request, RunContext& context,
                                            GenerationResult& result) {
    const PlanWish wish = plan_wish(request, result.warnings);
    const SongRequest seeded = with_seeds(request);
    if (!wish.any()) return seeded;
    const auto go_on_without = [&](const Error& error) {
        if (error.code() == ErrorCode::cancelled || wish.demanded) throw error;
        result.warnings.push_back(made_without(error));
        SongRequest unplanned = seeded;
        unplanned.thinking = Thinking::off;
        return unplanned;
    };
    try {
        result.plan = pipeline::compose(language(), context, seeded, wish, models_.facts());
        SongRequest songs = with_metadata(seeded, result.plan->metadata, wish);
        if (wish.codes) songs.audio_codes = codes_for_songs(*result.plan);
        result.warnings.insert(result.warnings.end(), result.plan->warnings.begin(),
                               result.plan->warnings.end());
        return songs;
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
    RunContext context(*device_, progress, cancel);
    const PlanWish wish{.codes = true,
                        .metas = request.use_cot_metas.value_or(true),
                        .caption = request.use_cot_caption.value_or(true),
                        .language = request.use_cot_language.value_or(true),
                        .demanded = true};
    return pipeline::compose(language(), context, with_seeds(request), wish, models_.facts());
}

Composition Engine::Implementation::understand(const UnderstandRequest& request,
                                               const ProgressCallback& progress,
                                               const CancelToken* cancel) {
    validate(request.language);
    RunContext context(*device_, progress, cancel);
    LanguageSet& set = language();
    std::vector<std::int32_t> codes;
    if (request.audio.empty()) {
        const AudioCodes given = parse_audio_codes(request.audio_codes, models_.facts().code_count);
        codes.assign(given.values.begin(), given.values.end());
    } else {
        const Waveform song = context.stage(
            Stage::load, 0, [&] { return load_source(request.audio, context, models_.facts()); });
        const Heard heard = listen(models_, context, &song, nullptr, tile_frames());
        if (heard.source_latents) {
            codes = context.stage(Stage::condition, 0, [&] {
                return tokenize(models_, context, *heard.source_latents);
            });
        }
    }
    if (codes.empty()) {
        throw Error(ErrorCode::invalid_request,
                    request.audio.empty()
                        ? "There is nothing to understand: neither audio nor audio_codes are given."
                        : fmt::format("{} is silent; there is nothing to understand.",
                                      request.audio.string()));
    }
    return pipeline::understand(set, context, text::audio_code_text(codes), request.language);
}

Composition Engine::Implementation::inspire(const InspireRequest& request,
                                            const ProgressCallback& progress,
                                            const CancelToken* cancel) {
    validate(request);
    RunContext context(*device_, progress, cancel);
    return pipeline::inspire(language(), context, request);
}

Composition Engine::Implementation::format(const FormatRequest& request,
                                           const ProgressCallback& progress,
                                           const CancelToken* cancel) {
    validate(request);
    RunContext context(*device_, progress, cancel);
    return pipeline::format(language(), context, request);
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

}  // namespace acestep
