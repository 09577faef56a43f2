#include "cli/reports/report.h"

#include <limits>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace acestep::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

RunReport report_of_one_song() {
    RunReport report;
    report.model = "acestep-v15-turbo";
    report.songs.push_back({.files = {"a.flac", "a.json", {}, {}},
                            .format = AudioFormat::flac,
                            .duration_seconds = 6,
                            .seed = 42,
                            .loudness = {.integrated_lufs = -14.25, .peak_db = -1}});
    report.stages = {{Stage::diffuse, 2.5, 3'000'000}};
    return report;
}

TEST(CliReport, TextTellsTheFactsOfASong) {
    const std::string text = as_text(report_of_one_song());
    for (const char* fact : {"a.flac", "6.00 s", "42", "-14.2 LUFS", "peak -1.0 dBFS", "a.json",
                             "acestep-v15-turbo", "diffuse", "2.5 s", "3.0 MB"})
        EXPECT_THAT(text, HasSubstr(fact));
}

RunReport report_of_a_planned_song() {
    RunReport report = report_of_one_song();
    SongRequest& made = report.songs[0].request;
    made.caption = "uplifting trance with organ";
    made.bpm = 125;
    made.keyscale = "G major";
    made.duration = 20;
    report.plan = Composition{.metadata = {.bpm = 125, .caption = made.caption},
                              .model = "acestep-5Hz-lm-1.7B"};
    return report;
}

TEST(CliReport, TextTellsWhatThePlanDecided) {
    RunReport report = report_of_a_planned_song();
    EXPECT_THAT(as_text(report), HasSubstr("acestep-5Hz-lm-1.7B\n"
                                           "  plan      125 bpm, G major, 20 s\n"
                                           "  caption   uplifting trance with organ\n"));
    report.songs[0].request.caption = "as the user says";
    EXPECT_THAT(as_text(report), Not(HasSubstr("caption")));
    report.plan.reset();
    EXPECT_THAT(as_text(report), Not(HasSubstr("plan")));
}

TEST(CliReport, JsonHasThePlan) {
    const auto report = nlohmann::json::parse(as_json(report_of_a_planned_song()));
    EXPECT_EQ(report.at("plan").at("metadata").at("bpm"), 125);
    EXPECT_FALSE(nlohmann::json::parse(as_json(report_of_one_song())).contains("plan"));
}

TEST(CliReport, HasTimedLyrics) {
    RunReport report = report_of_one_song();
    EXPECT_FALSE(nlohmann::json::parse(as_json(report)).at("songs").at(0).contains("lyric_lines"));
    report.songs[0].lyric_times = LyricTimes{{{"home again", 1.25, 2.5}}, 0.75};
    report.songs[0].files.lrc = "a.lrc";
    EXPECT_THAT(as_text(report), HasSubstr("  lyrics    a.lrc\n"));
    const auto song = nlohmann::json::parse(as_json(report)).at("songs").at(0);
    EXPECT_EQ(song.at("lrc"), "a.lrc");
    EXPECT_EQ(song.at("alignment_score"), 0.75);
    const nlohmann::json line{{"text", "home again"}, {"start", 1.25}, {"end", 2.5}};
    EXPECT_EQ(song.at("lyric_lines"), nlohmann::json::array({line}));
}

TEST(CliReport, SilenceHasNoLevel) {
    RunReport report = report_of_one_song();
    constexpr double silence = -std::numeric_limits<double>::infinity();
    report.songs[0].loudness = {silence, silence};
    EXPECT_THAT(as_text(report), HasSubstr("silent"));
    const auto song = nlohmann::json::parse(as_json(report)).at("songs").at(0);
    EXPECT_TRUE(song.at("loudness_lufs").is_null());
    EXPECT_TRUE(song.at("peak_db").is_null());
}

TEST(CliReport, NameFromOutsideCannotBreakALine) {
    RunReport report = report_of_one_song();
    report.songs[0].files.audio = "a\n\x1B[31m.flac";
    EXPECT_THAT(as_text(report), Not(HasSubstr("\x1B")));
}

TEST(CliReport, JsonHasTheSameFacts) {
    const auto report = nlohmann::json::parse(as_json(report_of_one_song()));
    EXPECT_EQ(report.at("model"), "acestep-v15-turbo");
    EXPECT_EQ(report.at("songs").at(0).at("seed"), 42);
    EXPECT_EQ(report.at("songs").at(0).at("sidecar"), "a.json");
    EXPECT_EQ(report.at("stages").at(0).at("stage"), "diffuse");
    EXPECT_EQ(report.at("stages").at(0).at("peak_bytes"), 3'000'000);
    EXPECT_TRUE(report.at("warnings").empty());
}

TEST(CliReport, ErrorIsJsonEvenWhenItsTextIsNotUtf8) {
    const Error error(ErrorCode::not_found, "There is no file \xE9.", "Check the path.");
    const auto facts = nlohmann::json::parse(as_json(error)).at("error");
    EXPECT_EQ(facts.at("code"), "not_found");
    EXPECT_EQ(facts.at("hint"), "Check the path.");
}

}  // namespace
}  // namespace acestep::cli
