// What the golden flows (tests/golden/lm_flows_golden_test.cpp) leave open, above all the
// recommended rules.
#include "lm/song_plan.h"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "reciting_writer.h"

namespace acestep::lm {
namespace {

using enum text::MetaField;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using text::Metas;

constexpr const char* chain =
    "<think>\nbpm: 82\nduration: 95\nkeyscale: F major\ntimesignature: 4\n<|im_end|>";
constexpr const char* codes = "<|audio_code_5|><|audio_code_7|><|im_end|>";

const Metas four_metas = {{bpm, 120}, {keyscale, "A minor"}, {timesignature, "4"}, {duration, 61}};

SongPlanRequest request_for(std::vector<std::uint64_t> seeds = {7}) {
    return {.words = {"chill lofi beats", "la la la"}, .seeds = std::move(seeds)};
}

TEST(LmSongPlan, TheChainOfThoughtIsWrittenOnceAndCodesForEverySong) {
    RecitingWriter writer(
        {{chain}, {"<|audio_code_5|><|im_end|>", "<|im_end|>", "<|audio_code_7|>"}});
    const SongPlan plan = plan_song(writer, request_for({7, 8, 9}));
    ASSERT_EQ(writer.tasks.size(), 2u);
    EXPECT_THAT(writer.tasks[0].seeds, ElementsAre(7));
    EXPECT_THAT(writer.tasks[1].seeds, ElementsAre(7, 8, 9));
    EXPECT_NE(writer.tasks[0].phase, writer.tasks[1].phase);
    EXPECT_TRUE(plan.has_chain_of_thought);
    EXPECT_THAT(plan.codes, ElementsAre("<|audio_code_5|>", "", "<|audio_code_7|>"));
    EXPECT_EQ(plan.metadata,
              (Metas{{bpm, 82}, {duration, 95}, {keyscale, "F major"}, {timesignature, "4"}}));
}

TEST(LmSongPlan, MetadataAloneNeedsNoCodes) {
    RecitingWriter writer{chain};
    SongPlanRequest request = request_for();
    request.wants_codes = false;
    const SongPlan plan = plan_song(writer, request);
    EXPECT_FALSE(plan.metadata.empty());
    EXPECT_TRUE(plan.codes.empty());
    EXPECT_EQ(plan.codes_duration_seconds, std::nullopt);
}

TEST(LmSongPlan, NothingIsAskedWhereNothingIsOpen) {
    RecitingWriter writer{codes};
    SongPlanRequest request = request_for();
    request.given = four_metas;
    const SongPlan plan = plan_song(writer, request);
    EXPECT_FALSE(plan.has_chain_of_thought);
    EXPECT_EQ(plan.metadata, four_metas);
    ASSERT_EQ(writer.tasks.size(), 1u);
    EXPECT_THAT(writer.tasks[0].prompt, HasSubstr("<think>\nbpm: 120\n"));
}

TEST(LmSongPlan, WithoutMetadataCodesFollowABlankChainOfThought) {
    RecitingWriter writer{codes};
    SongPlanRequest request = request_for();
    request.use_cot_metas = false;
    EXPECT_TRUE(plan_song(writer, request).metadata.empty());
    EXPECT_THAT(writer.tasks[0].prompt, HasSubstr("<think>\n\n</think>"));
}

TEST(LmSongPlan, WhatIsNotAskedForIsSkipped) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.use_cot_caption = false;
    plan_song(writer, request);
    const SequenceSettings& sequence = writer.tasks[0].sequence;
    EXPECT_TRUE(sequence.skip_caption && sequence.skip_genres);
    EXPECT_FALSE(sequence.skip_language);
}

TEST(LmSongPlan, GivenMetadataIsTidiedAndHolds) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.given = {{bpm, 90.5}, {keyscale, " n/a"}, {language, "en "}};
    const SongPlan plan = plan_song(writer, request);
    const auto& values = writer.tasks[0].sequence.user_values;
    EXPECT_EQ(values[index_of(bpm)], "90");
    EXPECT_EQ(values[index_of(keyscale)], std::nullopt);
    EXPECT_EQ(plan.metadata, (Metas{{bpm, 90},
                                    {duration, 95},
                                    {keyscale, "F major"},
                                    {timesignature, "4"},
                                    {language, "en"}}));
    EXPECT_THAT(writer.tasks[1].prompt, HasSubstr("bpm: 90\nduration: 95\n"));
}

TEST(LmSongPlan, OfficialRulesLeaveGivenMetadataToTheModel) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.rules.parity = text::Parity::official;
    request.given = {{bpm, 90}, {keyscale, "N/A"}};
    const SongPlan plan = plan_song(writer, request);
    EXPECT_EQ(writer.tasks[0].sequence.user_values[index_of(keyscale)], "N/A");
    EXPECT_EQ(*plan.metadata.find(bpm), text::MetaValue(82));
}

struct Durations {
    std::optional<double> target, given, locked;
    const char* planned;
};

// 240 s are the longest song here.
class LmSongPlanDuration : public ::testing::TestWithParam<Durations> {};

TEST_P(LmSongPlanDuration, BindsTheCodes) {
    const auto& [target, given, locked, planned] = GetParam();
    const std::string plan_text = "<think>\nduration: " + std::string(planned) + "\n<|im_end|>";
    RecitingWriter writer{plan_text.c_str(), codes};
    SongPlanRequest request = request_for();
    request.limits.longest_duration_seconds = 240;
    request.target_duration_seconds = target;
    if (given) request.given = {{duration, *given}};
    EXPECT_EQ(plan_song(writer, request).codes_duration_seconds, locked);
    EXPECT_EQ(writer.tasks[0].sequence.target_duration_seconds, std::nullopt);
    EXPECT_EQ(writer.tasks[1].sequence.target_duration_seconds, locked);
}

constexpr std::optional<double> none;
INSTANTIATE_TEST_SUITE_P(Cases, LmSongPlanDuration,
                         ::testing::Values(Durations{30.7, none, 30.7, "95"},  // the user's
                                           Durations{none, 30.7, 30.7, "95"},  // in the metadata
                                           Durations{30.7, 50, 30.7, "95"},    // in both places
                                           Durations{900, none, 240, "95"},    // too long
                                           Durations{-1, -1, 95, "95"},        // none
                                           Durations{NAN, none, 95, "95"},     // none
                                           Durations{none, none, 10, "10"},    // the plan's
                                           Durations{none, none, 240, "240"},  // the longest
                                           Durations{none, none, 12.5, "12.5"},
                                           Durations{none, none, none, "9"},    // not valid
                                           Durations{none, none, none, "241"},  // not valid
                                           Durations{none, none, none, "3:20"}));

TEST(LmSongPlan, TheDurationOfTheUserStandsInThePlan) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.target_duration_seconds = 30.7;
    const SongPlan plan = plan_song(writer, request);
    EXPECT_EQ(writer.tasks[0].sequence.user_values[index_of(duration)], "30");
    EXPECT_EQ(*plan.metadata.find(duration), text::MetaValue(30));
}

TEST(LmSongPlan, WithoutTheLockTheModelEndsTheCodes) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.lock_codes_to_plan_duration = false;
    EXPECT_EQ(plan_song(writer, request).codes_duration_seconds, std::nullopt);
    EXPECT_EQ(writer.tasks[1].most_tokens, 600 * 5 + 10);  // but not beyond the longest song
}

TEST(LmSongPlan, AsMuchMayBeWrittenAsIsNeeded) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.limits.context_tokens = 2048;
    plan_song(writer, request);
    EXPECT_EQ(writer.tasks[0].most_tokens, 2048 - 64);
    EXPECT_EQ(writer.tasks[1].most_tokens, 95 * 5 + 10);
}

TEST(LmSongPlan, PhasesAreGuidedApart) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.guidance_scale = 2.5;
    request.cot_guidance_scale = 1;
    request.negative_prompt = "low quality";
    plan_song(writer, request);
    EXPECT_EQ(writer.tasks[0].guidance_scale, 1);
    EXPECT_EQ(writer.tasks[0].unconditional_prompt, std::nullopt);
    EXPECT_EQ(writer.tasks[1].guidance_scale, 2.5);
    EXPECT_THAT(writer.tasks[1].unconditional_prompt.value_or(""), HasSubstr("low quality"));
}

TEST(LmSongPlan, PromptsFollowTheRules) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.words.caption = "jazz<|im_end|>";
    request.rules = {.codes_turn = text::TurnEnd::open,
                     .codes_unconditional = text::CodesUnconditional::bare};
    plan_song(writer, request);
    for (const WritingTask& task : writer.tasks) EXPECT_THAT(task.prompt, HasSubstr("\njazz\n"));
    EXPECT_THAT(writer.tasks[1].prompt, ::testing::EndsWith("</think>\n\n"));
    EXPECT_THAT(writer.tasks[1].unconditional_prompt.value_or(""), Not(HasSubstr("# Caption")));
}

TEST(LmSongPlan, SettingsOfTheSamplerReachBothPhases) {
    RecitingWriter writer{chain, codes};
    SongPlanRequest request = request_for();
    request.sampling.top_k = 17;
    plan_song(writer, request);
    for (const WritingTask& task : writer.tasks) EXPECT_EQ(task.sampling.top_k, 17);
}

void expect_unavailable(RecitingWriter writer, const SongPlanRequest& request, const char* what) {
    try {
        plan_song(writer, request);
        ADD_FAILURE() << what;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::unavailable);
        EXPECT_THAT(error.message(), HasSubstr(what));
        EXPECT_NE(error.hint(), "");
    }
}

TEST(LmSongPlan, NothingWrittenIsAnError) {
    expect_unavailable({" \n"}, request_for(), "plan");
    expect_unavailable({chain, "<|im_end|>"}, request_for(), "audio codes");
    expect_unavailable(RecitingWriter({{chain}, {"", "<|im_end|>"}}), request_for({1, 2}),
                       "audio codes");
}

// A chain of thought without a field is still one, as in the official program.
TEST(LmSongPlan, APlanWithoutFieldsIsBlankMetadata) {
    RecitingWriter writer{"<think>\n<|im_end|>", codes};
    const SongPlan plan = plan_song(writer, request_for());
    EXPECT_TRUE(plan.metadata.empty());
    EXPECT_EQ(plan.codes.size(), 1u);
}

TEST(LmSongPlan, WithoutASeedThereIsNoSong) {
    RecitingWriter writer{chain, codes};
    EXPECT_THROW(plan_song(writer, request_for({})), Error);
}

}  // namespace
}  // namespace acestep::lm
