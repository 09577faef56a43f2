// Requests beyond a tier's limits, and every text about it.
#include "planner/request_limits.h"

#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace acestep::planner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr bool with_lm = true, without_lm = false;

/// Of a classic card of 7 GB: 240 s and 1 song with a language model, 360 s and 2 songs without.
RequestLimits limits_of_seven(TextForm form = TextForm::console) {
    return {tier_for(7, TierProfile::classic), Platform::cuda, form};
}

SongRequest request_of(double duration, int batch_size = 1) {
    SongRequest request;
    request.duration = duration;
    request.batch_size = batch_size;
    return request;
}

std::string codes(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "<|audio_code_" + std::to_string(i) + "|>";
    return text;
}

TEST(PlannerRequestLimits, WithinTheLimitsNothingChanges) {
    for (const double duration : {-1.0, 0.0, 10.0, 239.9, 240.0}) {
        SongRequest request = request_of(duration);
        request.audio_codes = codes(1200);
        const SongRequest before = request;
        EXPECT_THAT(clamp(request, with_lm, limits_of_seven()), IsEmpty()) << duration;
        EXPECT_EQ(request, before);
    }
}

TEST(PlannerRequestLimits, ALongSongBecomesTheLongest) {
    SongRequest request = request_of(600);
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven()),
                ElementsAre("Requested duration 600s exceeds GPU limit 240s"));
    EXPECT_EQ(request.duration, 240);
    request = request_of(600);
    EXPECT_THAT(clamp(request, without_lm, limits_of_seven()),
                ElementsAre("Requested duration 600s exceeds GPU limit 360s"));
    EXPECT_EQ(request.duration, 360);
    request = request_of(240.5);
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven()),
                ElementsAre("Requested duration 240.5s exceeds GPU limit 240s"));
    EXPECT_EQ(request.duration, 240);
}

TEST(PlannerRequestLimits, WhatIsNoDurationIsNotItsBusiness) {
    SongRequest request = request_of(std::numeric_limits<double>::infinity());
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven()), IsEmpty());
    EXPECT_EQ(request.duration, std::numeric_limits<double>::infinity());
    request = request_of(std::numeric_limits<double>::quiet_NaN());
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven()), IsEmpty());
}

TEST(PlannerRequestLimits, ALargeBatchBecomesTheLargestWithItsSeeds) {
    SongRequest request = request_of(60, 4);
    request.seeds = {1, 2, 3, 4};
    EXPECT_THAT(clamp(request, without_lm, limits_of_seven()),
                ElementsAre("Requested batch size 4 exceeds GPU limit 2"));
    EXPECT_EQ(request.batch_size, 2);
    EXPECT_THAT(request.seeds, ElementsAre(1, 2));
    EXPECT_THAT(clamp(request, without_lm, limits_of_seven()), IsEmpty());

    request = request_of(60, 8);
    request.seeds = {5};
    clamp(request, without_lm, limits_of_seven());
    EXPECT_THAT(request.seeds, ElementsAre(5));
}

TEST(PlannerRequestLimits, BothAreSaid) {
    SongRequest request = request_of(400, 3);
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven()),
                ElementsAre("Requested duration 400s exceeds GPU limit 240s",
                            "Requested batch size 3 exceeds GPU limit 1"));
}

TEST(PlannerRequestLimits, CodesAreCutWithTheSong) {
    SongRequest request = request_of(-1);
    request.audio_codes = codes(1201);  // 240.2 s
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven()),
                ElementsAre("Requested duration 240.2s exceeds GPU limit 240s"));
    EXPECT_EQ(request.audio_codes, codes(1200));
    EXPECT_EQ(request.duration, -1);

    // One event, although both are too long.
    request.duration = 500;
    request.audio_codes = codes(1300);
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven()),
                ElementsAre("Requested duration 500s exceeds GPU limit 240s"));
    EXPECT_EQ(request.audio_codes, codes(1200));
    EXPECT_EQ(request.duration, 240);
}

TEST(PlannerRequestLimits, ListsOfCodesAreCutToo) {
    RequestLimits limits = limits_of_seven();
    limits.tier.max_duration_with_lm = 1;
    limits.tier.max_batch_with_lm = 2;
    SongRequest request = request_of(-1, 2);
    request.audio_codes = "1,2,3,4,5,6,7\n8,9";
    EXPECT_THAT(clamp(request, with_lm, limits),
                ElementsAre("Requested duration 1.4s exceeds GPU limit 1s"));
    EXPECT_EQ(request.audio_codes, "1,2,3,4,5\n8,9");
}

TEST(PlannerRequestLimits, LinesOfCodesFollowTheBatch) {
    SongRequest request = request_of(-1, 3);
    request.audio_codes = "1,2\n3,4\n5,6\n";
    clamp(request, without_lm, limits_of_seven());
    EXPECT_EQ(request.batch_size, 2);
    EXPECT_EQ(request.audio_codes, "1,2\n3,4");

    // One line serves all songs.
    request = request_of(-1, 3);
    request.audio_codes = "1,2";
    clamp(request, without_lm, limits_of_seven());
    EXPECT_EQ(request.audio_codes, "1,2");
}

TEST(PlannerRequestLimits, CodesBesideASourceAreNotItsBusiness) {
    SongRequest request = request_of(-1);
    request.task_type = TaskType::cover;
    request.src_audio = "song.flac";
    request.audio_codes = codes(2000);
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven()), IsEmpty());
    request.src_audio.clear();
    EXPECT_EQ(clamp(request, with_lm, limits_of_seven()).size(), 1u);
}

TEST(PlannerRequestLimits, AppleMakesLongSongsOneByOne) {
    const RequestLimits limits{tier_for(24), Platform::mps};
    SongRequest request = request_of(180, 2);
    EXPECT_THAT(clamp(request, with_lm, limits), IsEmpty());
    request = request_of(180.1, 2);
    request.seeds = {7, 8};
    EXPECT_THAT(clamp(request, with_lm, limits),
                ElementsAre("MPS with long duration detected; reducing batch size to 1 to avoid "
                            "OOM."));
    EXPECT_EQ(request.batch_size, 1);
    EXPECT_THAT(request.seeds, ElementsAre(7));
    request = request_of(500, 1);
    EXPECT_THAT(clamp(request, with_lm, limits), IsEmpty());
    request = request_of(500, 2);
    EXPECT_THAT(clamp(request, with_lm, {tier_for(24), Platform::cuda}), IsEmpty());
}

TEST(PlannerRequestLimits, DurationsThatOthersDecide) {
    const LimitedDuration limited = limited_duration(300, with_lm, limits_of_seven());
    EXPECT_EQ(limited.seconds, 240);
    EXPECT_EQ(limited.warning, "Requested duration 300s exceeds GPU limit 240s");
    EXPECT_EQ(limited_duration(240, with_lm, limits_of_seven()).seconds, 240);
    EXPECT_EQ(limited_duration(240, with_lm, limits_of_seven()).warning, "");
}

TEST(PlannerRequestLimits, TheBatchThatIsOffered) {
    EXPECT_EQ(default_batch(tier_for(4), with_lm), 1);
    EXPECT_EQ(default_batch(tier_for(24), with_lm), 2);
    EXPECT_EQ(default_batch(tier_for(7, TierProfile::classic), without_lm), 2);
}

TEST(PlannerLimitTexts, OfPages) {
    SongRequest request = request_of(600, 4);
    EXPECT_THAT(
        clamp(request, with_lm, limits_of_seven(TextForm::page)),
        ElementsAre(
            "⚠️ Requested duration (600s) exceeds the limit for your GPU (7.0GB). Maximum "
            "allowed: 240s (with LM). Duration will be clamped to 240s.",
            "⚠️ Requested batch size (4) exceeds the limit for your GPU (7.0GB). Maximum "
            "allowed: 1 (with LM). Batch size will be clamped to 1."));
    request = request_of(600, 4);
    EXPECT_THAT(
        clamp(request, without_lm, limits_of_seven(TextForm::page)),
        ElementsAre(
            "⚠️ Requested duration (600s) exceeds the limit for your GPU (7.0GB). Maximum "
            "allowed: 360s (without LM). Duration will be clamped to 360s.",
            "⚠️ Requested batch size (4) exceeds the limit for your GPU (7.0GB). Maximum "
            "allowed: 2 (without LM). Batch size will be clamped to 2."));
    EXPECT_EQ(
        no_lm_allowed(TextForm::page, "x", 4),
        "⚠️ Your GPU (4.0GB) does not have enough memory to run any LM model. Please disable "
        "LM initialization.");
    EXPECT_EQ(lm_not_allowed(TextForm::page, "acestep-5Hz-lm-4B", "4B", 14,
                             {"acestep-5Hz-lm-0.6B", "acestep-5Hz-lm-1.7B"}),
              "⚠️ LM model acestep-5Hz-lm-4B (4B) is not supported for your GPU (14.0GB). "
              "Available models: acestep-5Hz-lm-0.6B, acestep-5Hz-lm-1.7B");
}

TEST(PlannerLimitTexts, OfLogs) {
    SongRequest request = request_of(600, 4);
    EXPECT_THAT(clamp(request, with_lm, limits_of_seven(TextForm::log)),
                ElementsAre("[generate_music] Duration 600s exceeds GPU limit 240s. Clamping.",
                            "[generate_music] Batch size 4 exceeds GPU limit 1. Clamping."));
    EXPECT_EQ(long_batch_limited(TextForm::log),
              "[generate_music] MPS with long duration detected; reducing batch size to 1 to avoid "
              "OOM.");
    EXPECT_EQ(lm_too_large(TextForm::log, 16, "acestep-5Hz-lm-1.7B"),
              "WARNING: 4B LM model is too large for 16GB GPU. Downgrading to 1.7B variant: "
              "acestep-5Hz-lm-1.7B");
    EXPECT_EQ(duration_from_file(61.239),
              "[generate_music] Inferred duration from audio file: 61.24s");
    EXPECT_EQ(
        lm_duration_limited(240, "tier3"),
        "Setting constrained decoding max_duration to 240s based on GPU config (tier: tier3)");
}

TEST(PlannerLimitTexts, OfFields) {
    EXPECT_EQ(duration_info(240), " (Max: 240s / 4 min)");
    EXPECT_EQ(duration_info(100), " (Max: 100s / 1 min)");
    EXPECT_EQ(batch_info(2), " (Max: 2)");
}

TEST(PlannerLimitTexts, NoGraphicsCardHasNoNegativeMemory) {
    EXPECT_THAT(no_lm_allowed(TextForm::page, "x", -1), HasSubstr("Your GPU (0.0GB)"));
}

}  // namespace
}  // namespace acestep::planner
