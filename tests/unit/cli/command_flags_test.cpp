// From words of a command line to options, for flags that are not simply one field.
#include "cli/flags/command_flags.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <CLI/CLI.hpp>

#include "acestep/error.h"
#include "cli/commands/compose.h"
#include "cli/commands/understand.h"
#include "cli/flags/generate_flags.h"
#include "cli/flags/language_flags.h"
#include "support/temporary_directory.h"

namespace acestep::cli {
namespace {

using testing::HasSubstr;

class CliCommandFlags : public testing::Test {
protected:
    static CommandOptions options(void (*add)(CommandFlags&), std::vector<std::string> words) {
        CLI::App command;
        CommandFlags flags(command);
        add(flags);
        std::reverse(words.begin(), words.end());
        command.parse(words);
        return flags.options();
    }
    static CommandOptions generate(std::vector<std::string> words) {
        return options(add_generate_flags, std::move(words));
    }
    static std::string message_for(std::vector<std::string> words) {
        try {
            generate(std::move(words));
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_request);
            return error.what();
        }
        ADD_FAILURE() << "nothing was thrown";
        return {};
    }

    std::string write(const std::string& name, const std::string& text) const {
        const std::filesystem::path path = folder_.path() / name;
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(CliCommandFlags, GiveTheDefaultsOfTheLibraryWhenThereAreNone) {
    EXPECT_EQ(generate({}).request, SongRequest{});
    EXPECT_EQ(options(add_compose_flags, {}).request, SongRequest{});
}

TEST_F(CliCommandFlags, ThinkingTakesAValueOrNone) {
    EXPECT_EQ(generate({"--thinking"}).request.thinking, Thinking::on);
    EXPECT_EQ(generate({"--thinking", "--adg"}).request.thinking, Thinking::on);
    EXPECT_EQ(generate({"--thinking", "required"}).request.thinking, Thinking::required);
    EXPECT_EQ(generate({"--thinking=auto"}).request.thinking, Thinking::automatic);
    EXPECT_EQ(generate({"--thinking", "false"}).request.thinking, Thinking::off);
    EXPECT_EQ(generate({"--no-thinking"}).request.thinking, Thinking::off);
    EXPECT_THAT(message_for({"--thinking", "hard"}), HasSubstr("thinking is \"hard\""));
    EXPECT_THAT(message_for({"--thinking", "--thinking"}), HasSubstr("more than once"));
    EXPECT_THROW(generate({"--thinking", "on", "--no-thinking"}), CLI::ExcludesError);
}

TEST_F(CliCommandFlags, OfTheLanguageModelFillTheirFields) {
    SongRequest expected;
    expected.use_cot_metas = true;
    expected.use_cot_caption = false;
    expected.use_cot_language = false;
    expected.lock_codes_to_cot_duration = false;
    expected.lm_temperature = 0.5;
    expected.lm_cfg_scale = 3;
    expected.lm_top_k = 40;
    expected.lm_top_p = 0.8;
    expected.lm_min_p = 0.1;
    expected.lm_repetition_penalty = 1.1;
    expected.lm_negative_prompt = "noise";
    expected.lm_seed = 9;
    const std::vector<std::string> words{"--use-cot-metas",
                                         "true",
                                         "--use-cot-caption",
                                         "false",
                                         "--use-cot-language",
                                         "no",
                                         "--lm-temperature",
                                         "0.5",
                                         "--lock-codes-to-cot-duration",
                                         "0",
                                         "--lm-cfg-scale",
                                         "3",
                                         "--lm-top-k",
                                         "40",
                                         "--lm-top-p",
                                         "0.8",
                                         "--lm-min-p",
                                         "0.1",
                                         "--lm-negative-prompt",
                                         "noise",
                                         "--lm-repetition-penalty",
                                         "1.1",
                                         "--lm-seed",
                                         "9"};
    EXPECT_EQ(generate(words).request, expected);
    EXPECT_EQ(options(add_compose_flags, words).request, expected);
    EXPECT_THAT(message_for({"--use-cot-metas", "maybe"}), HasSubstr("true or false"));
}

TEST_F(CliCommandFlags, ChooseTheLanguageModel) {
    const EngineOptions engine =
        generate({"--lm-model", "acestep-5Hz-lm-4B", "--lm-precision", "q8_0"}).engine;
    EXPECT_EQ(engine.lm_model, "acestep-5Hz-lm-4B");
    EXPECT_EQ(engine.lm_precision, Precision::q8_0);
    EXPECT_EQ(engine.precision, Precision::automatic);
}

TEST_F(CliCommandFlags, KnowTheOfficialNamesOfQuantization) {
    const auto precision = [&](const char* name) {
        return generate({"--quantization", name}).engine.precision;
    };
    EXPECT_EQ(precision("int8_weight_only"), Precision::q8_0);
    EXPECT_EQ(precision("w8a8_dynamic"), Precision::q8_0);
    EXPECT_EQ(precision("int4_weight_only"), Precision::q4_k);
    EXPECT_EQ(precision("none"), Precision::automatic);
    EXPECT_EQ(generate({"--precision", "q6_k"}).engine.precision, Precision::q6_k);
    EXPECT_THAT(message_for({"--quantization", "int9"}), HasSubstr("int8_weight_only"));
}

TEST_F(CliCommandFlags, OfUnderstandBeginWithItsTemperature) {
    const LanguageSettings settings =
        language_settings(options(add_understand_flags, {"--seed", "4"}).request);
    EXPECT_EQ(settings.temperature, UnderstandRequest{}.language.temperature);
    EXPECT_EQ(settings.seed, 4);
    EXPECT_EQ(language_settings({}).seed, -1);
}

TEST_F(CliCommandFlags, CodesAreTextOrAFile) {
    const std::string tokens = "<|audio_code_1|><|audio_code_2|>";
    EXPECT_EQ(generate({"--codes", "12, 7,"}).request.audio_codes, "12, 7,");
    EXPECT_EQ(generate({"--codes", tokens}).request.audio_codes, tokens);
    const std::string file = write("codes.txt", tokens);
    EXPECT_EQ(generate({"--codes", file}).request.audio_codes, tokens);
    EXPECT_EQ(generate({"--codes", "@" + file}).request.audio_codes, tokens);
    EXPECT_THAT(message_for({"--codes", "12;7"}), HasSubstr("neither codes nor a file"));
    EXPECT_THAT(message_for({"--codes", ""}), HasSubstr("neither codes nor a file"));
    EXPECT_THAT(message_for({"--codes", write("blank.txt", "\n")}), HasSubstr("no codes in it"));
    EXPECT_THAT(message_for({"--codes", write("words.json", R"({"lyrics": "la"})")}),
                HasSubstr("no codes in it"));
}

TEST_F(CliCommandFlags, CodesOfAPlanBringItsWordsAndItsBatch) {
    const std::string plan = write("plan.json", R"({"metadata": {"bpm": 96, "keyscale": "G major"},
                                                    "lyrics": "la", "codes": ["1,2", "3,4"]})");
    const SongRequest request = generate({"--codes", plan, "--bpm", "60"}).request;
    EXPECT_EQ(request.audio_codes, "1,2\n3,4");
    EXPECT_EQ(request.batch_size, 2);
    EXPECT_EQ(request.bpm, 60);
    EXPECT_EQ(request.keyscale, "G major");
    EXPECT_EQ(request.lyrics, "la");
    EXPECT_EQ(generate({"--codes", plan, "--batch", "1"}).request.batch_size, 1);
    EXPECT_EQ(generate({"--batch", "3", "--codes", plan}).request.batch_size, 3);
    EXPECT_EQ(generate({"--codes", plan, "--seed", "1,2,3"}).request.batch_size, 3);
}

TEST_F(CliCommandFlags, LinesOfCodesAreSongs) {
    EXPECT_EQ(generate({"--codes", write("two.txt", "1,2\n\n3,4\n")}).request.batch_size, 2);
    EXPECT_EQ(generate({"--codes", write("one.txt", "1,2\n")}).request.batch_size, 1);
}

TEST_F(CliCommandFlags, CodesReplaceThoseOfTheRequestFile) {
    const std::string file = write("song.json", R"({"audio_codes": "5", "caption": "waltz"})");
    const SongRequest request =
        generate({"--request", file, "--codes", write("plan.json", R"({"codes": "6"})")}).request;
    EXPECT_EQ(request.audio_codes, "6");
    EXPECT_EQ(request.caption, "waltz");
}

TEST_F(CliCommandFlags, CompositionIsARequestFileToo) {
    const std::string file = write("song.json", R"({"metadata": {"bpm": 96}, "instrumental": true,
                                                    "seed": 3, "model": "acestep-5Hz-lm-4B"})");
    SongRequest expected;
    expected.bpm = 96;
    expected.lyrics = "[Instrumental]";
    EXPECT_EQ(generate({"--from", file}).request, expected);
    EXPECT_EQ(options(add_compose_flags, {"--request", file}).request, expected);
}

TEST_F(CliCommandFlags, LanguageHasItsOfficialNameToo) {
    EXPECT_EQ(generate({"--vocal-language", "ja"}).request.vocal_language, "ja");
    EXPECT_EQ(generate({"--language", "ja"}).request.vocal_language, "ja");
}

}  // namespace
}  // namespace acestep::cli
