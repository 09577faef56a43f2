#include "pipeline/request/thinking.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "pipeline/metadata.h"

namespace acestep::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

PlanWish wish_of(const SongRequest& request) {
    std::vector<std::string> warnings;
    const PlanWish wish = plan_wish(request, warnings);
    EXPECT_THAT(warnings, IsEmpty());
    return wish;
}

TEST(PlanWish, IsEverythingByDefault) {
    for (const Thinking thinking : {Thinking::automatic, Thinking::on, Thinking::required}) {
        SongRequest request;
        request.thinking = thinking;
        const PlanWish wish = wish_of(request);
        EXPECT_TRUE(wish.codes && wish.metas && wish.caption && wish.language);
        EXPECT_EQ(wish.demanded, thinking == Thinking::required);
    }
}

TEST(PlanWish, IsNothingWhenTurnedOff) {
    SongRequest request;
    request.thinking = Thinking::off;
    EXPECT_FALSE(wish_of(request).any());
    // Metadata alone, where it is asked for.
    request.use_cot_metas = true;
    const PlanWish metas = wish_of(request);
    EXPECT_TRUE(metas.metas && !metas.codes && !metas.caption && !metas.language);
    // A caption is written in the course of it.
    request.use_cot_metas = std::nullopt;
    request.use_cot_caption = true;
    const PlanWish caption = wish_of(request);
    EXPECT_TRUE(caption.metas && caption.caption && !caption.codes);
}

TEST(PlanWish, LeavesOutWhatIsNotWanted) {
    SongRequest request;
    request.use_cot_caption = false;
    const PlanWish wish = wish_of(request);
    EXPECT_TRUE(wish.codes && wish.metas && !wish.caption && wish.language);
}

TEST(PlanWish, IsNothingForCodesAndOtherTasks) {
    SongRequest codes;
    codes.audio_codes = "1,2,3";
    SongRequest cover;
    cover.task_type = TaskType::cover;
    for (SongRequest request : {codes, cover}) {
        EXPECT_FALSE(wish_of(request).any());
        std::vector<std::string> warnings;
        request.thinking = Thinking::on;
        EXPECT_FALSE(plan_wish(request, warnings).any());
        ASSERT_EQ(warnings.size(), 1u);
        EXPECT_THAT(warnings[0], HasSubstr("thinking is on, but"));
        request.thinking = Thinking::required;
        EXPECT_THROW(plan_wish(request, warnings), Error);
    }
}

TEST(WithMetadata, FillsInWhatTheUserLeftOpen) {
    const Metadata metadata{.bpm = 96,
                            .duration = 42,
                            .caption = "a slow waltz",
                            .keyscale = "G major",
                            .language = "fr",
                            .timesignature = "3"};
    const PlanWish all{.codes = true, .metas = true, .caption = true, .language = true};
    SongRequest open;
    open.caption = "waltz";
    const SongRequest filled = with_metadata(open, metadata, all);
    EXPECT_EQ(filled.caption, "a slow waltz");
    EXPECT_EQ(filled.bpm, 96);
    EXPECT_EQ(filled.duration, 42);
    EXPECT_EQ(filled.keyscale, "G major");
    EXPECT_EQ(filled.vocal_language, "fr");
    EXPECT_EQ(filled.timesignature, "3");
    EXPECT_EQ(filled.thinking, Thinking::off);

    SongRequest given = open;
    given.bpm = 120;
    given.duration = 30;
    given.keyscale = "A minor";
    given.vocal_language = "en";
    given.timesignature = "4";
    SongRequest kept = with_metadata(given, metadata, {.codes = true, .metas = true});
    EXPECT_EQ(kept.thinking, Thinking::off);
    kept.thinking = given.thinking;
    EXPECT_EQ(kept, given);
}

TEST(WithMetadata, KeepsWordsThatTheModelDidNotReplace) {
    SongRequest request;
    request.caption = "waltz";
    const PlanWish all{.codes = true, .metas = true, .caption = true, .language = true};
    const SongRequest same = with_metadata(request, {}, all);
    EXPECT_EQ(same.caption, "waltz");
    EXPECT_EQ(same.vocal_language, "unknown");
    EXPECT_EQ(same.duration, -1);
}

TEST(ByCodes, OneLineIsForAllSongs) {
    SongRequest request;
    request.batch_size = 3;
    request.seeds = {1, 2, 3};
    request.audio_codes = "1,2,3\n";
    EXPECT_THAT(by_codes(request), ElementsAre(request));
}

TEST(ByCodes, EachSongFollowsItsLine) {
    SongRequest request;
    request.batch_size = 2;
    request.seeds = {7, 9};
    request.retake_seed = 4;
    request.audio_codes = "1,2\r\n\n 3,4";
    const std::vector<SongRequest> songs = by_codes(request);
    ASSERT_EQ(songs.size(), 2u);
    EXPECT_EQ(songs[0].audio_codes, "1,2");
    EXPECT_EQ(songs[1].audio_codes, "3,4");
    EXPECT_THAT(songs[1].seeds, ElementsAre(9));
    EXPECT_EQ(songs[0].retake_seed, 4);
    EXPECT_EQ(songs[1].retake_seed, 5);
    EXPECT_EQ(songs[1].batch_size, 1);
    request.batch_size = 3;
    EXPECT_THROW(by_codes(request), Error);
}

TEST(UsableMetadata, HasOnlyWhatSongsCanHave) {
    using text::MetaField;
    const Metadata good = usable_metadata({{MetaField::bpm, std::int64_t{96}},
                                           {MetaField::caption, "a song"},
                                           {MetaField::duration, std::int64_t{42}},
                                           {MetaField::keyscale, "F# minor"},
                                           {MetaField::language, "en"},
                                           {MetaField::timesignature, "3"}});
    EXPECT_EQ(good, (Metadata{.bpm = 96,
                              .duration = 42,
                              .caption = "a song",
                              .keyscale = "F# minor",
                              .language = "en",
                              .timesignature = "3"}));
    const Metadata none = usable_metadata({{MetaField::bpm, std::int64_t{999}},
                                           {MetaField::caption, "N/A"},
                                           {MetaField::duration, "3:20"},
                                           {MetaField::keyscale, "H# lydian"},
                                           {MetaField::language, "xx"},
                                           {MetaField::timesignature, "5/4"}});
    EXPECT_EQ(none, Metadata{});
}

}  // namespace
}  // namespace acestep::pipeline
