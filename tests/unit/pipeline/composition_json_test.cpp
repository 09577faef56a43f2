#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/language.h"
#include "acestep/song.h"
#include "request_support.h"

namespace acestep {
namespace {

using testing::HasSubstr;
using tests::error_of;

Composition plan() {
    Composition plan;
    plan.metadata = {.bpm = 96,
                     .duration = 12.5,
                     .caption = "a \"soft\" song",
                     .genres = "folk",
                     .keyscale = "G major",
                     .language = "en",
                     .timesignature = "3"};
    plan.lyrics = "[Verse]\nla";
    plan.codes = {"<|audio_code_1|><|audio_code_2|>"};
    plan.warnings = {"…"};
    plan.seed = 7;
    plan.model = "acestep-5Hz-lm-1.7B";
    return plan;
}

std::string message_for(const std::string& json) {
    const Error error = error_of([&] { request_of_composition(json); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_request) << json;
    return error.what();
}

TEST(CompositionJson, HasItsMembersInOrder) {
    EXPECT_EQ(to_json(plan()),
              "{\n"
              "  \"metadata\": {\n"
              "    \"bpm\": 96,\n"
              "    \"caption\": \"a \\\"soft\\\" song\",\n"
              "    \"duration\": 12.5,\n"
              "    \"genres\": \"folk\",\n"
              "    \"keyscale\": \"G major\",\n"
              "    \"language\": \"en\",\n"
              "    \"timesignature\": \"3\"\n"
              "  },\n"
              "  \"lyrics\": \"[Verse]\\nla\",\n"
              "  \"codes\": \"<|audio_code_1|><|audio_code_2|>\",\n"
              "  \"seed\": 7,\n"
              "  \"model\": \"acestep-5Hz-lm-1.7B\",\n"
              "  \"warnings\": [\n"
              "    \"…\"\n"
              "  ]\n"
              "}");
}

TEST(CompositionJson, LeavesOutWhatIsNotThere) {
    EXPECT_EQ(to_json(Composition{}), "{\n  \"seed\": 0\n}");
    Composition sung;
    sung.instrumental = false;
    sung.codes = {""};
    EXPECT_EQ(to_json(sung), "{\n  \"instrumental\": false,\n  \"seed\": 0\n}");
}

TEST(CompositionJson, HasAListOfCodesForSeveralSongs) {
    Composition batch;
    batch.codes = {"<|audio_code_1|>", ""};
    EXPECT_EQ(to_json(batch),
              "{\n  \"codes\": [\n    \"<|audio_code_1|>\",\n    \"\"\n  ],\n  \"seed\": 0\n}");
}

TEST(CompositionJson, RefusesWhatJsonCannotHold) {
    Composition wrong;
    wrong.lyrics = "\xFF";
    EXPECT_THAT(error_of([&] { to_json(wrong); }).what(), HasSubstr("lyrics is not UTF-8"));
    wrong = {};
    wrong.codes = {"\xFF"};
    EXPECT_THAT(error_of([&] { to_json(wrong); }).what(), HasSubstr("codes is not UTF-8"));
    wrong = {};
    wrong.metadata.duration = std::numeric_limits<double>::infinity();
    EXPECT_THAT(error_of([&] { to_json(wrong); }).what(), HasSubstr("duration is inf"));
}

TEST(RequestOfComposition, HasWhatTheCompositionSays) {
    SongRequest expected;
    expected.caption = "a \"soft\" song";
    expected.lyrics = "[Verse]\nla";
    expected.vocal_language = "en";
    expected.bpm = 96;
    expected.keyscale = "G major";
    expected.timesignature = "3";
    expected.duration = 12.5;
    expected.audio_codes = "<|audio_code_1|><|audio_code_2|>";
    EXPECT_EQ(request_of_composition(to_json(plan())), expected);
    EXPECT_EQ(request_of_composition("{}"), SongRequest{});
}

TEST(RequestOfComposition, KeepsWhatIsGiven) {
    SongRequest given;
    given.caption = "mine";
    given.lyrics = "mine";
    given.vocal_language = "ja";
    given.bpm = 60;
    given.keyscale = "A minor";
    given.timesignature = "4";
    given.duration = 20;
    given.audio_codes = "1,2";
    given.seeds = {5};
    given.thinking = Thinking::off;
    EXPECT_EQ(request_of_composition(to_json(plan()), given), given);
}

TEST(RequestOfComposition, WithoutVocalsSaysSoInTheLyrics) {
    EXPECT_EQ(request_of_composition(R"({"instrumental": true})").lyrics, "[Instrumental]");
    EXPECT_EQ(request_of_composition(R"({"instrumental": false})").lyrics, "");
}

TEST(RequestOfComposition, HasALineOfCodesForEachSongOfTheBatch) {
    Composition batch = plan();
    batch.codes = {"<|audio_code_1|>", "<|audio_code_2|>", "<|audio_code_3|>"};
    SongRequest request = request_of_composition(to_json(batch));
    EXPECT_EQ(request.audio_codes, "<|audio_code_1|>\n<|audio_code_2|>\n<|audio_code_3|>");
    EXPECT_EQ(request.batch_size, 3);

    SongRequest given;
    given.batch_size = 2;
    EXPECT_EQ(request_of_composition(to_json(batch), given).batch_size, 2);

    // A line ends only where a song ends.
    request = request_of_composition(R"({"codes": ["1,\n2", "3"]})");
    EXPECT_EQ(request.audio_codes, "1, 2\n3");
}

TEST(RequestOfComposition, ReadsStrictly) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"[]", "The composition is array"},
        {R"({"lyrcs": "la"})", "Did you mean \"lyrics\"?"},
        {R"({"metadata": {"key": "G"}})", "metadata has no member \"key\""},
        {R"({"metadata": 3})", "metadata is 3; it must be an object."},
        {R"({"metadata": {"bpm": "fast"}})", "bpm is \"fast\"; it must be a number."},
        {R"({"metadata": {"bpm": 5}})", "bpm is 5; it must be from 30 to 300."},
        {R"({"metadata": {"keyscale": "H"}})", "keyscale is \"H\""},
        {R"({"codes": 12})", "codes is 12; it must be a text or a list of texts."},
        {R"({"codes": ["1", 2]})", "codes[1] is 2; it must be a text."},
        {R"({"codes": ["1", " "]})", "codes[1] is blank."},
        {R"({"codes": ["1","1","1","1","1","1","1","1","1"]})", "batch_size is 9;"},
        {R"({"instrumental": "no"})", "instrumental is \"no\"; it must be true or false."},
    };
    for (const auto& [json, message] : cases) EXPECT_THAT(message_for(json), HasSubstr(message));
}

}  // namespace
}  // namespace acestep
