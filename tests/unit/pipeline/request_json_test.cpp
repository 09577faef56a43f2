#include "acestep/song.h"

#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/engine.h"
#include "request_support.h"

namespace acestep {
namespace {

using testing::HasSubstr;
using tests::error_of;

std::string message_for(const std::string& json) {
    const Error error = error_of([&] { song_request_from_json(json); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_request) << json;
    return error.what();
}

TEST(RequestJson, WritesOnlyWhatDiffersFromTheDefaultsInTheOrderOfTheFields) {
    EXPECT_EQ(to_json(SongRequest{}), "{}");
    SongRequest request;
    request.bpm = 87.5;
    request.caption = "jazz \"trio\"";
    request.duration = 0.1;
    request.seeds = {4294967295, -1};
    request.task_type = TaskType::cover_nofsq;
    request.src_audio = "café.wav";
    EXPECT_EQ(to_json(request),
              "{\n"
              "  \"task_type\": \"cover-nofsq\",\n"
              "  \"caption\": \"jazz \\\"trio\\\"\",\n"
              "  \"bpm\": 87.5,\n"
              "  \"duration\": 0.1,\n"
              "  \"seeds\": [\n"
              "    4294967295,\n"
              "    -1\n"
              "  ],\n"
              "  \"src_audio\": \"café.wav\"\n"
              "}");
}

TEST(RequestJson, ReadsBackExactlyWhatItWrote) {
    std::mt19937 generator(1);
    for (int i = 0; i < 1000; ++i) {
        const SongRequest request = tests::random_request(generator);
        const std::string json = to_json(request);
        EXPECT_EQ(song_request_from_json(json), request) << json;
    }
}

TEST(RequestJson, ReadsAnEmptyObjectAsTheDefaults) {
    EXPECT_EQ(song_request_from_json("{}"), SongRequest{});
    EXPECT_EQ(song_request_from_json(" \n{ } "), SongRequest{});
}

TEST(RequestJson, TakesNullForWhatMayBeAbsent) {
    EXPECT_EQ(song_request_from_json(R"({"bpm": null, "inference_steps": null})"), SongRequest{});
    EXPECT_THAT(message_for(R"({"caption": null})"), HasSubstr("caption is null"));
}

TEST(RequestJson, TakesTheOfficialSpellingsOfSeeds) {
    const auto seeds = [](const std::string& value) {
        return song_request_from_json("{\"seeds\": " + value + "}").seeds;
    };
    EXPECT_EQ(seeds("42"), (std::vector<std::int64_t>{42}));
    EXPECT_EQ(seeds("\"42,-1, 7\""), (std::vector<std::int64_t>{42, -1, 7}));
    EXPECT_EQ(seeds("[3, 4]"), (std::vector<std::int64_t>{3, 4}));
    EXPECT_EQ(seeds("[]"), (std::vector<std::int64_t>{}));
}

TEST(RequestJson, TakesTheOfficialSpellingsOfThinking) {
    const auto thinking = [](const std::string& value) {
        return song_request_from_json("{\"thinking\": " + value + "}").thinking;
    };
    EXPECT_EQ(thinking("true"), Thinking::on);
    EXPECT_EQ(thinking("false"), Thinking::off);
    EXPECT_EQ(thinking("\"auto\""), Thinking::automatic);
    EXPECT_EQ(thinking("\"required\""), Thinking::required);
    SongRequest request;
    request.thinking = Thinking::on;
    EXPECT_EQ(to_json(request), "{\n  \"thinking\": \"on\"\n}");
}

TEST(RequestJson, TellsAnAbsentSwitchFromOneThatIsOff) {
    EXPECT_EQ(song_request_from_json(R"({"use_cot_caption": false})").use_cot_caption, false);
    EXPECT_EQ(song_request_from_json(R"({"use_cot_caption": null})").use_cot_caption, std::nullopt);
    SongRequest request;
    request.use_cot_metas = false;
    EXPECT_EQ(to_json(request), "{\n  \"use_cot_metas\": false\n}");
}

TEST(RequestJson, NamesAnUnknownFieldAndTheNearestKnownOne) {
    const std::string message = message_for(R"({"durration": 30})");
    EXPECT_THAT(message, HasSubstr("\"durration\""));
    EXPECT_THAT(message, HasSubstr("Did you mean \"duration\"?"));
    EXPECT_THAT(message_for(R"({"qqqqqqqqqqqq": 1})"), HasSubstr("Known: task_type, caption"));
    EXPECT_THAT(message_for(R"({"": 1})"), HasSubstr("no field \"\""));
}

TEST(RequestJson, NamesFieldAndValueOfAWrongType) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"({"bpm": "fast"})", "bpm is \"fast\"; it must be a number."},
        {R"({"caption": 5})", "caption is 5; it must be a text."},
        {R"({"caption": ["a"]})", "caption is a list; it must be a text."},
        {R"({"use_adg": 1})", "use_adg is 1; it must be true or false."},
        {R"({"batch_size": 2.0})", "batch_size is 2.0; it must be a whole number."},
        {R"({"batch_size": true})", "batch_size is true; it must be a whole number."},
        {R"({"seeds": [1, "x"]})", "seeds[1] is \"x\"; it must be a whole number."},
        {R"({"seeds": 1.5})", "seeds is 1.5; it must be a whole number."},
        {R"({"seeds": {}})", "seeds is an object; it must be a list."},
        {R"({"timesteps": 0.5})", "timesteps is 0.5; it must be a list."},
        {R"({"track_names": "drums"})", "track_names is \"drums\"; it must be a list."},
        {R"({"src_audio": 3})", "src_audio is 3; it must be the path of a file, as a text."},
        {R"({"task_type": 3})", "task_type is 3; it must be the name of a task."},
        {R"({"thinking": 1})", "thinking is 1; it must be true, false or one of auto, off,"},
        {R"({"use_cot_metas": "yes"})", "use_cot_metas is \"yes\"; it must be true or false."},
        {R"({"lm_top_k": 2.5})", "lm_top_k is 2.5; it must be a whole number."},
        {R"({"noise_source": []})", "noise_source is a list; it must be the name"},
        {R"({"acestep": 3})", "acestep is 3; it must be an object as sidecars have it."},
    };
    for (const auto& [json, message] : cases) EXPECT_THAT(message_for(json), HasSubstr(message));
}

TEST(RequestJson, RefusesWholeNumbersThatDoNotFit) {
    EXPECT_THAT(message_for(R"({"batch_size": 2147483648})"),
                HasSubstr("batch_size is 2147483648; it must be from -2147483648 to 2147483647."));
    EXPECT_THAT(message_for(R"({"seeds": [9223372036854775808]})"),
                HasSubstr("seeds[0] is 9223372036854775808"));
    EXPECT_THAT(message_for(R"({"batch_size": -2147483649})"), HasSubstr("-2147483649"));
    EXPECT_EQ(song_request_from_json(R"({"seeds": [9223372036854775807]})").seeds.at(0),
              9223372036854775807);
}

TEST(RequestJson, RefusesValuesOutOfRangeWhileReading) {
    EXPECT_THAT(message_for(R"({"bpm": 500})"), HasSubstr("bpm is 500; it must be from 30 to 300"));
}

TEST(RequestJson, NamesTheNearestTaskAndNoiseSource) {
    EXPECT_THAT(
        message_for(R"({"task_type": "covers"})"),
        HasSubstr("task_type is \"covers\", which does not exist. Did you mean \"cover\"?"));
    EXPECT_THAT(message_for(R"({"noise_source": "gpu"})"), HasSubstr("noise_source is \"gpu\""));
    EXPECT_THAT(message_for(R"({"thinking": "of"})"), HasSubstr("Did you mean \"off\"?"));
}

TEST(RequestJson, RefusesToWriteWhatJsonCannotHold) {
    SongRequest request;
    request.duration = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(error_of([&] { to_json(request); }).what(), HasSubstr("duration is nan"));
    request = {};
    request.timesteps = {std::numeric_limits<double>::infinity()};
    EXPECT_THAT(error_of([&] { to_json(request); }).what(), HasSubstr("timesteps is inf"));
    request = {};
    request.lyrics = "ab\xFF";
    EXPECT_THAT(error_of([&] { to_json(request); }).what(),
                HasSubstr("lyrics is not UTF-8: byte 3"));
    request = {};
    request.src_audio = "a\xC3";
    EXPECT_THAT(error_of([&] { to_json(request); }).what(), HasSubstr("src_audio is not UTF-8"));
}

TEST(RequestJson, KeepsDoublesToTheLastBit) {
    for (const double value : {0.1, 1.0 / 3, 123.45678901234567, 5e-324, 299.99999999999994}) {
        SongRequest request;
        request.duration = value;
        EXPECT_EQ(song_request_from_json(to_json(request)).duration, value);
    }
}

TEST(RequestJson, RefusesZeroBytesInTexts) {
    EXPECT_THAT(message_for("{\"src_audio\": \"a\\u0000b\"}"),
                HasSubstr("src_audio has a zero byte"));
}

TEST(Names, OfThinkingReadBack) {
    for (const auto thinking :
         {Thinking::automatic, Thinking::off, Thinking::on, Thinking::required})
        EXPECT_EQ(thinking_from_name(name(thinking)), thinking);
    EXPECT_EQ(name(Thinking::automatic), "auto");
}

TEST(Names, OfPrecisionsReadBack) {
    for (const auto precision :
         {Precision::automatic, Precision::f32, Precision::bf16, Precision::q8_0, Precision::q6_k,
          Precision::q5_k, Precision::q4_k})
        EXPECT_EQ(precision_from_name(name(precision)), precision);
    EXPECT_EQ(name(Precision::q8_0), "q8_0");
    EXPECT_EQ(name(Precision::q4_k), "q4_k");
}

TEST(Names, OfTasksAndNoiseSourcesReadBack) {
    for (const auto task :
         {TaskType::text2music, TaskType::cover, TaskType::cover_nofsq, TaskType::repaint,
          TaskType::lego, TaskType::extract, TaskType::complete})
        EXPECT_EQ(task_type_from_name(name(task)), task);
    for (const auto source : {NoiseSource::cuda, NoiseSource::cpu})
        EXPECT_EQ(noise_source_from_name(name(source)), source);
    EXPECT_EQ(name(TaskType::cover_nofsq), "cover-nofsq");
}

}  // namespace
}  // namespace acestep
