// Whole uses of the language model, with the model replaced by one that recites: what it is asked,
// call by call, and what is made of its answers, against the official program.
//
// What our functions cannot be asked for is left out: an `infer_type` that does not exist. Where
// the official program fails over its own arguments, the recommended result is expected
// (lm.md 2.3).
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "lm/song_plan.h"
#include "lm/text_modes.h"
#include "support/golden.h"
#include "unit/lm/reciting_writer.h"

namespace acestep::lm {
namespace {

using nlohmann::json;

constexpr text::LmPromptRules official_rules = {.parity = text::Parity::official};

// The member of that name; null when it is absent.
json member(const json& object, const char* key) {
    return object.contains(key) ? object.at(key) : json();
}

template <typename Value>
Value value_or(const json& object, const char* key, Value otherwise) {
    const json value = member(object, key);
    return value.is_null() ? otherwise : value.get<Value>();
}

text::MetaValue meta_value(const json& value) {
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number()) return value.get<double>();
    return value.get<std::string>();
}

text::Metas metas_of(const json& metadata) {
    text::Metas metas;
    for (const auto& [key, value] : metadata.items())
        if (!value.is_null()) metas.set(text::meta_field_from_name(key).value(), meta_value(value));
    return metas;
}

json to_json(const text::Metas& metas) {
    json result = json::object();
    for (const auto& [field, value] : metas)
        std::visit([&, key = std::string(name(field))](const auto& v) { result[key] = v; }, value);
    return result;
}

// The model's answers: a text for each call, or one text for a plan and a list for its codes.
RecitingWriter writer_of(const json& canned) {
    std::vector<RecitingWriter::Answer> answers;
    const json& texts = canned.is_object() ? canned.at("single") : canned;
    for (const json& text : texts) answers.push_back({text.get<std::string>()});
    if (canned.is_object()) answers.push_back(canned.at("batch"));
    return RecitingWriter(answers);
}

SamplerSettings sampling_of(const json& args, double temperature) {
    SamplerSettings settings;
    settings.temperature = static_cast<float>(value_or(args, "temperature", temperature));
    settings.top_k = value_or(args, "top_k", 0);
    settings.top_p = value_or(args, "top_p", 1.0f);
    return settings;
}

// What a flow came to.
struct Outcome {
    json result;
    bool failed = false;
};

json result_of(const WrittenSong& song) {
    json result = to_json(song.metadata);
    if (song.lyrics) result["lyrics"] = *song.lyrics;
    return result;
}

json run_inspiration(Writer& writer, const json& args) {
    const Inspiration wish = {.query = args.at("query"),
                              .instrumental = value_or(args, "instrumental", false),
                              .vocal_language = value_or<std::string>(args, "vocal_language", "")};
    json result = result_of(
        inspire(writer, wish, {.sampling = sampling_of(args, 0.85), .rules = official_rules}));
    result["instrumental"] = wish.instrumental;
    return result;
}

json run_format(Writer& writer, const json& args) {
    return result_of(format(writer, {args.at("caption"), args.at("lyrics")},
                            metas_of(member(args, "user_metadata")),
                            {.sampling = sampling_of(args, 0.85), .rules = official_rules}));
}

json run_understanding(Writer& writer, const json& args) {
    return result_of(understand(writer, args.at("audio_codes"),
                                {.sampling = sampling_of(args, 0.3), .rules = official_rules}));
}

SongPlanRequest plan_request(const json& args) {
    SongPlanRequest request{.words = {args.at("caption"), args.at("lyrics")},
                            .given = metas_of(member(args, "user_metadata")),
                            .use_cot_metas = value_or(args, "use_cot_metas", true),
                            .use_cot_caption = value_or(args, "use_cot_caption", true),
                            .use_cot_language = value_or(args, "use_cot_language", true),
                            .lock_codes_to_plan_duration = false,
                            .guidance_scale = args.at("cfg_scale"),
                            .sampling = sampling_of(args, 0.85),
                            .rules = official_rules};
    request.wants_codes = args.at("infer_type") == "llm_dit";
    if (args.contains("target_duration"))
        request.target_duration_seconds = args.at("target_duration").get<double>();
    request.negative_prompt = value_or<std::string>(args, "negative_prompt", "NO USER INPUT");
    request.seeds = value_or<std::vector<std::uint64_t>>(args, "seeds", {1});
    request.seeds.resize(value_or<std::size_t>(args, "batch_size", 1));
    // Officially None counts as given; ours has no None.
    const json given = member(args, "user_metadata");
    if (given.contains("bpm") && given.contains("keyscale") && given.contains("timesignature") &&
        given.contains("duration"))
        request.use_cot_metas = false;
    return request;
}

// As the official result: lists in a batch, no codes as blank ones.
json run_plan(Writer& writer, const json& args) {
    const SongPlanRequest request = plan_request(args);
    SongPlan plan = plan_song(writer, request);
    plan.codes.resize(request.seeds.size());
    const json metadata = to_json(plan.metadata);
    if (!args.contains("batch_size"))
        return {{"metadata", metadata}, {"audio_codes", plan.codes.at(0)}};
    return {{"metadata", json::array_t(plan.codes.size(), metadata)}, {"audio_codes", plan.codes}};
}

json run(Writer& writer, const std::string& function, const json& args) {
    static const std::map<std::string, json (*)(Writer&, const json&)> functions = {
        {"create_sample_from_query", run_inspiration},
        {"format_sample_from_input", run_format},
        {"understand_audio_from_codes", run_understanding},
        {"generate_with_stop_condition", run_plan}};
    return functions.at(function)(writer, args);
}

Outcome outcome_of(Writer& writer, const json& flow) {
    try {
        return {run(writer, flow.at("function"), flow.at("args")), false};
    } catch (const Error&) {
        return {{}, true};
    }
}

std::optional<std::string> optional_text(const json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

void expect_user_values(const SequenceSettings& sequence, const json& metadata) {
    for (std::size_t i = 0; i < field_count; ++i) {
        const json value = member(metadata, std::string(name(static_cast<Field>(i))).c_str());
        std::optional<std::string> text;
        if (!value.is_null()) text = value.is_string() ? value.get<std::string>() : value.dump();
        EXPECT_EQ(sequence.user_values[i], text) << name(static_cast<Field>(i));
    }
}

void expect_grammar(const SequenceSettings& sequence, const json& call) {
    static const std::map<std::string, Phase> phases = {
        {"cot", Phase::cot}, {"codes", Phase::codes}, {"understand", Phase::understand}};
    EXPECT_EQ(sequence.phase, phases.at(call.at("phase")));
    std::optional<double> target;
    if (!call.at("target_duration").is_null()) target = call.at("target_duration").get<double>();
    EXPECT_EQ(sequence.target_duration_seconds, target);
    if (value_or(call, "batch", false)) return;  // a batch has no flags of its own
    EXPECT_EQ(sequence.stop_at_reasoning, call.at("stop_at_reasoning"));
    EXPECT_EQ(sequence.skip_caption, call.at("skip_caption"));
    EXPECT_EQ(sequence.skip_language, call.at("skip_language"));
    EXPECT_EQ(sequence.skip_genres, call.at("skip_genres"));
    expect_user_values(sequence, call.at("user_metadata"));
}

void expect_call(const WritingTask& task, const json& call) {
    if (value_or(call, "batch", false)) {
        EXPECT_EQ(std::vector<std::string>(task.seeds.size(), task.prompt), call.at("prompt"));
        EXPECT_EQ(json(task.seeds), call.at("seeds"));
    } else {
        EXPECT_EQ(task.prompt, call.at("prompt"));
        EXPECT_EQ(task.seeds.size(), 1u);
        EXPECT_EQ(task.sampling.top_k, value_or(call, "top_k", 0));
        EXPECT_EQ(task.sampling.top_p, value_or(call, "top_p", 1.0f));
    }
    EXPECT_EQ(task.unconditional_prompt, optional_text(call.at("uncond_prompt")));
    EXPECT_EQ(task.guidance_scale, call.at("cfg_scale").get<double>());
    EXPECT_EQ(task.sampling.temperature, call.at("temperature").get<float>());
    expect_grammar(task.sequence, call);
}

bool is_expected_to_fail(const json& flow) {
    const json& result = flow.at("result");
    return result.empty() || !value_or(result, "success", true);
}

void expect_official_flow(const json& flow) {
    RecitingWriter writer = writer_of(flow.at("canned"));
    const Outcome outcome = outcome_of(writer, flow);
    EXPECT_EQ(outcome.failed, is_expected_to_fail(flow));
    if (!outcome.failed) {
        json expected = flow.at("result");
        for (const char* beside : {"success", "error", "extra_outputs"}) expected.erase(beside);
        EXPECT_EQ(outcome.result, expected);
    }
    const json& calls = flow.at("calls");
    ASSERT_EQ(writer.tasks.size(), calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i) {
        SCOPED_TRACE(fmt::format("call {}", i));
        expect_call(writer.tasks[i], calls[i]);
    }
}

bool has_no_counterpart(const json& flow) {
    const std::string error = value_or<std::string>(member(flow, "result"), "error", "");
    return error.starts_with("invalid infer_type");
}

bool fails_officially(const json& flow) {
    return flow.contains("error");
}

TEST(LmFlowsGolden, EveryCallAndResultIsTheOfficialOne) {
    ACESTEP_GOLDEN_JSON(golden, "lm_prompts.json");
    std::size_t compared = 0;
    for (const json& flow : golden.at("flows")) {
        if (has_no_counterpart(flow) || fails_officially(flow)) continue;
        SCOPED_TRACE(flow.at("function").get<std::string>() + ' ' + flow.at("args").dump());
        expect_official_flow(flow);
        ++compared;
    }
    EXPECT_GT(compared, golden.at("flows").size() * 9 / 10);
}

// A plan without any metadata, and a time signature that is a number.
TEST(LmFlowsGolden, WhereTheOfficialProgramFailsThereAreCodes) {
    ACESTEP_GOLDEN_JSON(golden, "lm_prompts.json");
    std::size_t compared = 0;
    for (const json& flow : golden.at("flows")) {
        if (!fails_officially(flow)) continue;
        SCOPED_TRACE(flow.at("args").dump());
        RecitingWriter writer = writer_of(flow.at("canned"));
        const Outcome outcome = outcome_of(writer, flow);
        ASSERT_FALSE(outcome.failed);
        const json given = member(flow.at("args"), "user_metadata");
        EXPECT_EQ(outcome.result.at("metadata"), given.is_null() ? json::object() : given);
        EXPECT_FALSE(outcome.result.at("audio_codes").get<std::string>().empty());
        ASSERT_EQ(writer.tasks.size(), 1u);
        const char* lines =
            given.is_null() ? "<think>\n\n</think>" : "\ntimesignature: 4\n</think>";
        EXPECT_NE(writer.tasks[0].prompt.find(lines), std::string::npos);
        ++compared;
    }
    EXPECT_EQ(compared, 2u);
}

}  // namespace
}  // namespace acestep::lm
