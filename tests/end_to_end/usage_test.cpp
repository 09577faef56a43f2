// Help, version and misuse of the command line.
#include <algorithm>

#include <gmock/gmock.h>

#include "acestep/version.h"
#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class Usage : public AcestepProgram {};

TEST_F(Usage, VersionIsTheLibrarys) {
    const ProcessResult result = run({"--version"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, "acestep " + std::string(version()) + "\n");
    EXPECT_EQ(result.err, "");
}

TEST_F(Usage, WithoutACommandTheHelpIsShown) {
    const ProcessResult result = run({});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("generate"), HasSubstr("compose"), HasSubstr("understand"),
                      HasSubstr("inspire"), HasSubstr("format"), HasSubstr("models"),
                      HasSubstr("Exit status")));
    EXPECT_EQ(run({"--help"}).out, result.out);
}

TEST_F(Usage, HelpOfGenerateTellsTheFlagsAndTheEnvironment) {
    const ProcessResult result = run({"generate", "--help"});
    EXPECT_EQ(result.status, 0);
    for (const char* word : {"Usage: acestep generate", "--caption", "--repaint-start", "--from",
                             "--cfg-interval FROM TO", "--thinking [auto|off|on|required]",
                             "ACESTEP_CHECKPOINTS_DIR", "--no-sidecar"})
        EXPECT_THAT(result.out, HasSubstr(word));
    EXPECT_EQ(result.err, "");
}

TEST_F(Usage, TheOfficialFlagForCompilingIsTakenAndSaysWhatItDoes) {
    const ProcessResult result = make_short_song({"--compile", "--verbose", "-o", "song.flac"});
    EXPECT_THAT(result.err, HasSubstr("nothing is done differently"));
    EXPECT_THAT(run({"generate", "--help"}).out, HasSubstr("--compile"));
}

/// The last line of OpenMP's own account of its settings that is about spinning.
std::string spin_setting(const std::vector<std::pair<std::string, std::string>>& environment) {
    ProcessOptions options{.environment = environment};
    options.environment.emplace_back("OMP_DISPLAY_ENV", "verbose");
    std::vector<std::string> words;
    for (const char* name : {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"})
        if (std::none_of(environment.begin(), environment.end(),
                         [&](const auto& variable) { return variable.first == name; }))
            words.insert(words.end(), {"-u", name});
    words.insert(words.end(), {ACESTEP_PROGRAM, "--version"});
    const std::string told = run_program("/usr/bin/env", words, options).err;
    const std::size_t last = told.rfind("GOMP_SPINCOUNT");
    return last == std::string::npos ? told : told.substr(last, told.find('\n', last) - last);
}

TEST_F(Usage, WaitingThreadsSleepSoonUnlessTheUserHasChosen) {
    EXPECT_THAT(spin_setting({}), HasSubstr("'2000'"));
    EXPECT_THAT(spin_setting({{"GOMP_SPINCOUNT", "77"}}), HasSubstr("'77'"));
    EXPECT_THAT(spin_setting({{"OMP_WAIT_POLICY", "passive"}}), HasSubstr("'0'"));
}

TEST_F(Usage, HelpOfEveryCommandHasAnExample) {
    for (const char* const command : {"compose", "understand", "inspire", "format"}) {
        const ProcessResult result = run({command, "--help"});
        EXPECT_EQ(result.status, 0);
        for (const std::string& part :
             {std::string("Usage: acestep ") + command, std::string("  acestep ") + command,
              std::string("--lm-temperature"), std::string("--output FILE")})
            EXPECT_THAT(result.out, HasSubstr(part)) << command;
    }
}

struct Misuse {
    const char* name;
    std::vector<std::string> arguments;
    const char* told;
};

class WrongUsage : public AcestepProgram, public testing::WithParamInterface<Misuse> {};

TEST_P(WrongUsage, IsToldInOneLineWithStatusTwo) {
    const ProcessResult result = run(GetParam().arguments);
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr(GetParam().told));
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(files(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Of, WrongUsage,
    testing::Values(
        Misuse{"Command", {"genarate"}, "Did you mean generate?"},
        Misuse{"Subcommand", {"models", "lsit"}, "Did you mean list?"},
        Misuse{"Flag", {"generate", "--captoin", "x"}, "Did you mean --caption?"},
        Misuse{"FlagWithValue", {"generate", "--duratoin=5"}, "Did you mean --duration?"},
        Misuse{"FlagFarFromAll", {"generate", "--xyzzy"}, "'acestep generate --help'"},
        Misuse{"LooseWord", {"generate", "techno"}, "\"techno\""},
        Misuse{"ValueMissing", {"generate", "--bpm"}, "--bpm needs a value"},
        Misuse{"GivenTwice", {"generate", "--seed", "1", "--seed", "2"}, "more than once"},
        Misuse{"Contradiction", {"generate", "--lyrics", "la", "--instrumental"}, "together"},
        Misuse{"NotANumber", {"generate", "--bpm", "12x"}, "\"12x\""},
        Misuse{"HexadecimalSteps", {"generate", "--steps", "0x8"}, "\"0x8\""},
        Misuse{"NotASeed", {"generate", "--seed", "1,two"}, "\"two\""},
        Misuse{"NegativeSeed", {"generate", "--seed", "-2"}, "\"-2\""},
        Misuse{"NegativeDuration", {"generate", "--duration", "-5"}, "-5 s"},
        Misuse{"NoDuration", {"generate", "--duration", "0"}, "0 s"},
        Misuse{"DurationNotANumber", {"generate", "--duration", "nan"}, "\"nan\""},
        Misuse{"InfiniteDuration", {"generate", "--duration", "inf"}, "\"inf\""},
        Misuse{"Task", {"generate", "--task", "covr"}, "cover"},
        Misuse{"Format", {"generate", "--format", "aiff"}, "flac"},
        Misuse{"Extension", {"generate", "-o", "song.doc"}, "flac"},
        Misuse{"FormatAndExtension", {"generate", "-o", "song.mp3", "--format", "ogg"}, "song.mp3"},
        Misuse{"Precision", {"generate", "--precision", "f8"}, "bf16"},
        Misuse{"Batch", {"generate", "--batch", "9"}, "from 1 to 8"},
        Misuse{"MoreSeedsThanSongs", {"generate", "--batch", "2", "--seed", "1,2,3"}, "3 seeds"},
        Misuse{"From", {"generate", "--from", "song.wav"}, "--request"},
        Misuse{"NoRequestFile", {"generate", "--from", "song.json"}, "song.json"},
        Misuse{"NoLyricsFile", {"generate", "--lyrics", "@words.txt"}, "words.txt"},
        Misuse{"Thinking", {"generate", "--thinking", "hard"}, "required"},
        Misuse{"ThinkingAndNot", {"generate", "--thinking", "--no-thinking"}, "together"},
        Misuse{"NotABoolean", {"generate", "--use-cot-metas", "maybe"}, "true or false"},
        Misuse{"OfficialSpelling", {"generate", "--use_cot_metas", "maybe"}, "--use-cot-metas is"},
        Misuse{"UnknownFlagWithUnderscores", {"generate", "--use_cod"}, "\"--use_cod\""},
        Misuse{"NeitherCodesNorFile", {"generate", "--codes", "12;7"}, "neither codes nor a file"},
        Misuse{"NothingToUnderstand", {"understand"}, "audio file or --codes"},
        Misuse{"TwoToUnderstand", {"understand", "a.flac", "--codes", "1,2"}, "together"},
        Misuse{"TwoWords", {"inspire", "love", "song"}, "\"song\""},
        Misuse{"FlagOfAnotherCommand", {"inspire", "x", "--caption", "y"}, "'acestep inspire'"},
        Misuse{"NoWordForFormat", {"format", "lyrics"}, "\"lyrics\""},
        Misuse{"NothingToInspect", {"models", "inspect"}, "weight file"}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(Usage, AnErrorIsAlsoJsonWhenAskedFor) {
    const ProcessResult result = run({"generate", "--json", "--duration", "-5"});
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("\"code\": \"invalid_request\""), HasSubstr("--duration is -5 s")));
}

}  // namespace
}  // namespace acestep::tests
