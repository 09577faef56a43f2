#include "lm/song_plan.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "acestep/error.h"
#include "lm/given_metadata.h"
#include "lm/step_random.h"
#include "text/audio_code_text.h"
#include "text/chain_of_thought_parser.h"
#include "text/metadata_vocabulary.h"
#include "text/unicode.h"

namespace acestep::lm {
namespace {

bool is_official(const SongPlanRequest& request) {
    return request.rules.parity == text::Parity::official;
}

double longest_seconds(const SongPlanRequest& request) {
    return std::min<double>(request.limits.longest_duration_seconds,
                            text::longest_duration_seconds);
}

// Nothing where the user left the duration open.
std::optional<double> user_duration(const SongPlanRequest& request) {
    std::optional<double> seconds = request.target_duration_seconds;
    if (is_official(request)) return seconds;
    const text::MetaValue* given = request.given.find(Field::duration);
    if (!(seconds > 0) && given) seconds = number_in(*given);
    if (!(seconds > 0)) return std::nullopt;
    return std::min(*seconds, longest_seconds(request));
}

text::Metas given_metas(const SongPlanRequest& request) {
    if (is_official(request)) return request.given;
    text::Metas given = request.given;
    if (const auto seconds = user_duration(request)) given.set(Field::duration, *seconds);
    return usable_metas(given);
}

bool leaves_nothing_open(const text::Metas& given) {
    constexpr std::array fields = {Field::bpm, Field::keyscale, Field::timesignature,
                                   Field::duration};
    return std::all_of(fields.begin(), fields.end(),
                       [&](Field field) { return given.find(field) != nullptr; });
}

// What both phases have in common.
WritingTask task_of(const SongPlanRequest& request, double guidance_scale) {
    return {.guidance_scale = guidance_scale, .sampling = request.sampling};
}

[[noreturn]] void throw_nothing_written(std::string_view what) {
    throw Error(ErrorCode::unavailable, fmt::format("The language model wrote no {}.", what),
                "Try another seed, or make the song without the language model.");
}

text::Metas write_metas(Writer& writer, const SongPlanRequest& request, const text::Metas& given) {
    WritingTask task =
        task_of(request, request.cot_guidance_scale.value_or(request.guidance_scale));
    task.prompt = text::plan_prompt(request.words, request.rules);
    if (task.guidance_scale > 1)
        task.unconditional_prompt = text::plan_prompt_unconditional(
            request.words.lyrics, request.negative_prompt, request.rules);
    task.sequence = {.phase = Phase::cot,
                     .stop_at_reasoning = true,
                     .skip_caption = !request.use_cot_caption,
                     .skip_genres = true,
                     .skip_language = !request.use_cot_language,
                     .user_values = as_user_values(given)};
    task.seeds = {request.seeds.front()};
    task.phase = chain_of_thought_phase;
    task.most_tokens = text::token_budget(text::LmOutput::words, std::nullopt,
                                          request.limits.context_tokens, request.limits);
    const std::string written = writer.write(task).at(0);
    if (text::strip(written).empty()) throw_nothing_written("plan for the song");
    text::Metas metas = text::parse_chain_of_thought(written, request.rules.parity);
    return is_official(request) ? metas : with_given(metas, given);
}

std::optional<double> codes_duration(const SongPlanRequest& request, const text::Metas& metadata) {
    if (const auto seconds = user_duration(request); seconds > 0) return seconds;
    const text::MetaValue* planned = metadata.find(Field::duration);
    if (!request.lock_codes_to_plan_duration || !planned) return std::nullopt;
    const std::optional<double> seconds = number_in(*planned);
    const bool is_valid =
        seconds >= text::shortest_duration_seconds && seconds <= longest_seconds(request);
    return is_valid ? seconds : std::nullopt;
}

std::int64_t most_codes_tokens(const SongPlanRequest& request, std::optional<double> duration) {
    if (!is_official(request) && !duration) duration = longest_seconds(request);
    return text::token_budget(text::LmOutput::codes, duration, request.limits.context_tokens,
                              request.limits);
}

std::vector<std::string> write_codes(Writer& writer, const SongPlanRequest& request,
                                     const SongPlan& plan) {
    WritingTask task = task_of(request, request.guidance_scale);
    task.prompt = text::codes_prompt(request.words, plan.metadata, request.rules);
    if (task.guidance_scale > 1)
        task.unconditional_prompt =
            text::codes_prompt_unconditional(request.words, request.negative_prompt, request.rules);
    // Nothing is left to skip behind a chain of thought; official all the same.
    task.sequence = {.phase = Phase::codes,
                     .skip_caption = true,
                     .skip_language = true,
                     .target_duration_seconds = plan.codes_duration_seconds};
    task.seeds = request.seeds;
    task.phase = codes_phase;
    task.most_tokens = most_codes_tokens(request, plan.codes_duration_seconds);
    std::vector<std::string> codes = writer.write(task);
    for (std::string& text : codes) text = text::audio_code_tokens_in(text);
    const bool none = std::all_of(codes.begin(), codes.end(),
                                  [](const std::string& text) { return text.empty(); });
    if (none) throw_nothing_written("audio codes for the song");
    return codes;
}

}  // namespace

SongPlan plan_song(Writer& writer, const SongPlanRequest& request) {
    if (request.seeds.empty())
        throw Error(ErrorCode::internal, "A song's plan was asked for without a seed.");
    const text::Metas given = given_metas(request);
    SongPlan plan;
    plan.has_chain_of_thought = request.use_cot_metas && !leaves_nothing_open(given);
    plan.metadata = plan.has_chain_of_thought ? write_metas(writer, request, given) : given;
    if (!request.wants_codes) return plan;
    plan.codes_duration_seconds = codes_duration(request, plan.metadata);
    plan.codes = write_codes(writer, request, plan);
    return plan;
}

}  // namespace acestep::lm
