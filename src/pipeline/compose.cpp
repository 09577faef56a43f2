#include "pipeline/compose.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.h"
#include "lm/description_hints.h"
#include "lm/model_writer.h"
#include "lm/song_plan.h"
#include "lm/text_modes.h"
#include "pipeline/checkpoints/model_set.h"
#include "pipeline/metadata.h"
#include "pipeline/request/seeds.h"
#include "text/prompts.h"

namespace acestep::pipeline {
namespace {

/// Loads the model, lets `work` write with it, and reports how far that is.
template <typename Work>
auto with_writer(LanguageSet& language, RunContext& context, std::int64_t expected_codes,
                 Work&& work) {
    return context.stage(Stage::compose, static_cast<int>(expected_codes), [&] {
        models::LanguageModel& model = language.model(context.settings().policy);
        const Loaded loaded(model.weights(), context);
        std::int64_t reported = 0;
        lm::ModelWriter writer(context.device(), model, language.tokenizer(), language.grammar(),
                               language.context_tokens(), [&](const lm::WritingProgress& progress) {
                                   if (progress.expected_codes > 0)
                                       context.expect(static_cast<int>(progress.expected_codes));
                                   context.advance(static_cast<int>(progress.codes - reported));
                                   reported = progress.codes;
                               });
        writer.set_songs_at_once(static_cast<std::size_t>(context.settings().songs_at_once));
        return work(writer);
    });
}

lm::SamplerSettings sampler_settings(double temperature, int top_k, double top_p, double min_p,
                                     double repetition_penalty) {
    lm::SamplerSettings settings;
    settings.temperature = static_cast<float>(temperature);
    settings.top_k = top_k;
    settings.top_p = static_cast<float>(top_p);
    settings.min_p = static_cast<float>(min_p);
    settings.repetition_penalty = static_cast<float>(repetition_penalty);
    return settings;
}

lm::SongPlanRequest plan_request(const SongRequest& request, const PlanWish& wish,
                                 const ModelFacts& model) {
    lm::SongPlanRequest plan;
    plan.words.caption = request.caption;
    plan.words.lyrics = text::is_instrumental(request.lyrics)
                            ? std::string(text::instrumental_lyrics)
                            : request.lyrics;
    plan.given = given_metas(request);
    plan.wants_codes = wish.codes;
    plan.use_cot_metas = wish.metas;
    plan.use_cot_caption = wish.caption;
    plan.use_cot_language = wish.language;
    if (request.duration > 0) plan.target_duration_seconds = request.duration;
    plan.lock_codes_to_plan_duration = request.lock_codes_to_cot_duration;
    plan.guidance_scale = request.lm_cfg_scale;
    plan.negative_prompt = request.lm_negative_prompt;
    plan.sampling = sampler_settings(request.lm_temperature, request.lm_top_k, request.lm_top_p,
                                     request.lm_min_p, request.lm_repetition_penalty);
    // A seed of the plan's own goes on from song to song as the songs' seeds do.
    for (std::size_t i = 0; i < request.seeds.size(); ++i) {
        const std::int64_t seed =
            request.lm_seed ? *request.lm_seed + static_cast<std::int64_t>(i) : request.seeds[i];
        plan.seeds.push_back(static_cast<std::uint64_t>(seed));
    }
    plan.limits.longest_duration_seconds = model.seconds(model.latent_frames_limit);
    return plan;
}

/// Codes that a song of this request should have; 0 when nobody can know.
std::int64_t expected_codes(const SongRequest& request, const PlanWish& wish) {
    return wish.codes && request.duration > 0 ? text::audio_code_count(request.duration) : 0;
}

void warn_of_missing_codes(Composition& composition, const SongRequest& request) {
    for (std::size_t i = 0; i < composition.codes.size(); ++i) {
        if (!composition.codes[i].empty()) continue;
        composition.warnings.push_back(fmt::format(
            "The language model wrote no codes for the song of seed {}.", request.seeds.at(i)));
    }
}

std::int64_t drawn_seed(std::int64_t seed) {
    return seeds_for_songs({seed}, 1, system_random()).front();
}

lm::TextModeSettings text_settings(const LanguageSettings& settings, std::int64_t seed) {
    lm::TextModeSettings result;
    result.sampling = sampler_settings(settings.temperature, settings.top_k, settings.top_p,
                                       settings.min_p, settings.repetition_penalty);
    result.seed = static_cast<std::uint64_t>(seed);
    return result;
}

/// One of the text modes: `write(writer, settings)` gives a lm::WrittenSong.
template <typename Write>
Composition text_mode(LanguageSet& language, RunContext& context, const LanguageSettings& settings,
                      Write&& write) {
    Composition composition;
    composition.model = language.name();
    composition.seed = drawn_seed(settings.seed);
    const lm::WrittenSong song = with_writer(language, context, 0, [&](lm::Writer& writer) {
        return write(writer, text_settings(settings, composition.seed));
    });
    composition.metadata = usable_metadata(song.metadata);
    composition.lyrics = usable_text(song.lyrics.value_or(""));
    return composition;
}

}  // namespace

Composition compose(LanguageSet& language, RunContext& context, const SongRequest& request,
                    const PlanWish& wish, const ModelFacts& model) {
    lm::SongPlan plan = with_writer(
        language, context, expected_codes(request, wish),
        [&](lm::Writer& writer) { return plan_song(writer, plan_request(request, wish, model)); });
    Composition composition;
    composition.model = language.name();
    composition.seed = request.lm_seed.value_or(request.seeds.at(0));
    composition.metadata = usable_metadata(plan.metadata);
    composition.codes = std::move(plan.codes);
    warn_of_missing_codes(composition, request);
    return composition;
}

Composition inspire(LanguageSet& language, RunContext& context, const InspireRequest& request) {
    lm::Inspiration wish{.query = request.query,
                         .instrumental = request.instrumental,
                         .vocal_language = request.vocal_language};
    const lm::DescriptionHints hints = lm::hints_in(request.query);
    if (trimmed(wish.vocal_language).empty()) wish.vocal_language = hints.language;
    wish.instrumental = wish.instrumental || hints.instrumental;
    Composition composition = text_mode(
        language, context, request.language,
        [&](auto& writer, const auto& settings) { return lm::inspire(writer, wish, settings); });
    composition.instrumental = wish.instrumental;
    return composition;
}

Composition format(LanguageSet& language, RunContext& context, const FormatRequest& request) {
    return text_mode(language, context, request.language, [&](auto& writer, const auto& settings) {
        return lm::format(writer, {request.caption, request.lyrics}, given_metas(request),
                          settings);
    });
}

Composition understand(LanguageSet& language, RunContext& context, const std::string& audio_codes,
                       const LanguageSettings& settings) {
    return text_mode(language, context, settings, [&](auto& writer, const auto& text_settings) {
        return lm::understand(writer, audio_codes, text_settings);
    });
}

}  // namespace acestep::pipeline
