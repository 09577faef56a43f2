// The language model: its five commands, and songs that follow its plan.
#include <cstring>
#include <optional>

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "acestep/song.h"
#include "acestep_program.h"

namespace acestep::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* techno = "driving techno with organ, pulse bass, square lead and drums";
constexpr const char* ambient = "calm ambient with warm pad, sub bass and bell";
constexpr const char* code_token = "<|audio_code_";
constexpr double codes_a_second = 5;

std::size_t code_count(const std::string& codes) {
    std::size_t count = 0;
    for (std::size_t at = codes.find(code_token); at != std::string::npos;
         at = codes.find(code_token, at + 1))
        ++count;
    return count;
}

class Language : public AcestepProgram {
protected:
    // A checkpoints folder of one's own, with the demo's models.
    fs::path links_to_the_demo() const {
        const fs::path checkpoints = file("checkpoints");
        fs::create_directories(checkpoints);
        for (const fs::directory_entry& entry : fs::directory_iterator(demo_checkpoints))
            if (entry.is_directory())
                fs::create_directory_symlink(entry.path(), checkpoints / entry.path().filename());
        return checkpoints;
    }
    // Runs a command with the demo checkpoints, greedily so that it gives the same every time.
    ProcessResult write(std::vector<std::string> arguments, ProcessOptions options = {}) const {
        arguments.insert(arguments.end(),
                         {"--checkpoints", demo_checkpoints.string(), "--lm-temperature", "0"});
        return run(arguments, std::move(options));
    }
    json written(std::vector<std::string> arguments) const {
        const ProcessResult result = write(std::move(arguments));
        EXPECT_EQ(result.status, 0) << result.err;
        return result.status == 0 ? json::parse(result.out) : json::object();
    }
    json plan(std::vector<std::string> arguments = {}) const {
        const std::vector<std::string> first{"compose",    "--caption", techno,   "--duration", "6",
                                             "--keyscale", "G major",   "--seed", "1"};
        arguments.insert(arguments.begin(), first.begin(), first.end());
        return written(std::move(arguments));
    }
    ProcessResult score(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "score");
        arguments.insert(arguments.end(), {"--checkpoints", demo_checkpoints.string(), "--quiet"});
        return run(arguments);
    }
    json scores(std::vector<std::string> arguments) const {
        const ProcessResult result = score(std::move(arguments));
        EXPECT_EQ(result.status, 0) << result.err;
        return result.status == 0 ? json::parse(result.out) : json::object();
    }
    json sidecar(const std::string& name) const { return json::parse(read_bytes(file(name))); }
};

TEST_F(Language, ComposeWritesMetadataAndCodesAsLongAsAskedFor) {
    const json plan = this->plan();
    const json& metadata = plan.at("metadata");
    EXPECT_EQ(metadata.at("keyscale"), "G major");
    EXPECT_EQ(metadata.at("duration"), 6);
    EXPECT_GE(metadata.at("bpm"), 30);
    EXPECT_LE(metadata.at("bpm"), 300);
    EXPECT_NE(metadata.at("caption"), "");
    EXPECT_EQ(code_count(plan.at("codes")), 6 * codes_a_second);
    EXPECT_EQ(plan.at("seed"), 1);
    EXPECT_EQ(plan.at("model"), "acestep-5Hz-lm-0.6B");
    EXPECT_EQ(this->plan(), plan);  // and again
}

TEST_F(Language, ComposeKeepsTheWordsItWasGiven) {
    const json plan = this->plan(
        {"--lyrics", "[Verse]\nla la", "--language", "en", "--use_cot_caption", "false"});
    EXPECT_EQ(plan.at("lyrics"), "[Verse]\nla la");
    EXPECT_EQ(plan.at("metadata").at("caption"), techno);
    EXPECT_EQ(plan.at("metadata").at("language"), "en");
}

TEST_F(Language, PlanMakesItsSong) {
    write_bytes(file("plan.json"), plan().dump());
    const ProcessResult result =
        generate({"--codes", "plan.json", "--seed", "1", "--bpm", "94", "-o", "song.flac"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_NEAR(read_audio(file("song.flac")).duration_seconds(), 6, 0.04);
    const json made = sidecar("song.json");
    EXPECT_EQ(made.at("audio_codes"), plan().at("codes"));
    EXPECT_EQ(made.at("keyscale"), "G major");
    EXPECT_EQ(made.at("bpm"), 94);
    EXPECT_THAT(result.err, Not(HasSubstr("compose")));
}

TEST_F(Language, PlanOfABatchMakesOneSongForEachOfItsCodes) {
    const ProcessResult composed = write({"compose", "--caption", techno, "--duration", "6",
                                          "--batch", "2", "--seed", "1", "-o", "plan.json"});
    ASSERT_EQ(composed.status, 0) << composed.err;
    EXPECT_EQ(composed.out, "");
    const json codes = json::parse(read_bytes(file("plan.json"))).at("codes");
    ASSERT_EQ(codes.size(), 2u);
    const ProcessResult result =
        generate({"--codes", "plan.json", "--seed", "1", "-o", "song.flac"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(sidecar("song-1.json").at("audio_codes"), codes[0]);
    EXPECT_EQ(sidecar("song-2.json").at("audio_codes"), codes[1]);
}

TEST_F(Language, ThinkingMakesTheSongOfThePlan) {
    const ProcessResult result =
        generate({"--caption", techno, "--duration", "6", "--keyscale", "G major", "--seed", "1",
                  "--thinking", "--lm-temperature", "0", "-o", "song.wav", "--format", "wav32f"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("compose 6 of 6 s (100 %)"));
    EXPECT_THAT(result.out, AllOf(HasSubstr("acestep-5Hz-lm-0.6B"), HasSubstr("bpm, G major")));
    const json made = sidecar("song.json");
    EXPECT_EQ(made.at("audio_codes"), plan().at("codes"));
    EXPECT_EQ(made.at("thinking"), "off");

    // The sidecar has the plan in it, so that it need not be made again.
    const ProcessResult again =
        generate({"--from", "song.json", "-o", "again.wav", "--format", "wav32f"});
    ASSERT_EQ(again.status, 0) << again.err;
    EXPECT_THAT(again.err, Not(HasSubstr("compose")));
    EXPECT_EQ(read_audio(file("again.wav")).channels, read_audio(file("song.wav")).channels);
}

TEST_F(Language, ThinkingIsTheDefaultAndCanBeTurnedOff) {
    const std::vector<std::string> song{"--caption", techno, "--duration", "5.2",
                                        "--seed",    "1",    "--json",     "--quiet",
                                        "--force",   "-o",   "song.flac"};
    const json planned = json::parse(generate(song).out);
    EXPECT_EQ(planned.at("plan").at("model"), "acestep-5Hz-lm-0.6B");
    EXPECT_GT(code_count(planned.at("songs").at(0).at("request").at("audio_codes")), 0u);

    std::vector<std::string> without = song;
    without.push_back("--no-thinking");
    const json unplanned = json::parse(generate(without).out);
    EXPECT_FALSE(unplanned.contains("plan"));
    EXPECT_FALSE(unplanned.at("songs").at(0).at("request").contains("audio_codes"));
}

// There attention goes by a mask over a cache whose rows are not all written.
TEST_F(Language, WritesOnASimulatedDeviceInEveryType) {
    for (const char* type : {"f32", "bf16", "q8_0"})
        EXPECT_GT(code_count(plan({"--simulate-vram", "2", "--lm-precision", type}).at("codes")),
                  0u)
            << type;
}

/// The demo's language model in several files, none of them the folder.
class CoarseLanguageModel : public Language {
protected:
    CoarseLanguageModel() {
        const fs::path lm = checkpoints_ / "acestep-5Hz-lm-0.6B";
        convert(lm, "q4_k", coarse);
        convert(lm, "q8_0", fine);
        fs::remove(lm);
    }

    void convert(const fs::path& from, const char* type, const std::string& to) const {
        const ProcessResult result = run({"models", "convert", from.string(), "--type", type, "-o",
                                          (checkpoints_ / to).string(), "--quiet"});
        EXPECT_EQ(result.status, 0) << result.err;
    }

    ProcessResult composed(std::vector<std::string> words = {}) const {
        words.insert(words.begin(), {"compose", "--caption", techno, "--duration", "6", "--quiet",
                                     "--checkpoints", checkpoints_.string()});
        return run(words);
    }
    /// The model that is taken, and what is said about it.
    std::string taken(const ProcessResult& result) const {
        return json::parse(result.out).at("model").get<std::string>() + ": " + result.err;
    }

    /// Lets the coarse file say that it keeps `share` of its codes, or say nothing.
    void let_say(std::optional<float> share) const {
        std::string bytes = read_bytes(checkpoints_ / coarse);
        const std::string key = "acestep.code_agreement";
        const std::size_t at = bytes.find(key);
        ASSERT_NE(at, std::string::npos);
        if (share)
            std::memcpy(bytes.data() + at + key.size() + 4, &*share, sizeof *share);
        else
            bytes[at] = 'A';
        write_bytes(checkpoints_ / coarse, bytes);
    }

    const fs::path checkpoints_ = links_to_the_demo();
    // By name the coarse one would be the first.
    const std::string coarse = "acestep-5Hz-lm-0.6B-Q4_K.gguf",
                      fine = "acestep-5Hz-lm-0.6B-Q8_0.gguf";
};

TEST_F(CoarseLanguageModel, ThatKeepsItsCodesIsTakenWhereThereIsNoFinerOne) {
    EXPECT_EQ(taken(composed()), fine + ": ");
    EXPECT_EQ(taken(composed({"--lm-model", coarse})), coarse + ": ");
    EXPECT_TRUE(refused(composed({"--lm-precision", "q6_k"}), 2));
    fs::remove(checkpoints_ / fine);
    EXPECT_EQ(taken(composed()), coarse + ": ");
}

TEST_F(CoarseLanguageModel, ThatBreaksItsCodesHasToBeNamed) {
    let_say(0.899f);
    EXPECT_EQ(taken(composed()), fine + ": ");
    const std::string warning =
        "Warning: The language model " + coarse + " has fewer than 8 bits and keeps 89 of 100";
    EXPECT_THAT(taken(composed({"--lm-model", coarse})), HasSubstr(coarse + ": " + warning));

    // More bits do not mend it.
    const std::string again = "acestep-5Hz-lm-0.6B-again.gguf";
    convert(checkpoints_ / coarse, "q8_0", again);
    EXPECT_THAT(taken(composed({"--lm-model", again})), HasSubstr("keeps 89 of 100 audio codes"));
    EXPECT_EQ(taken(composed()), fine + ": ");

    fs::remove(checkpoints_ / fine);
    fs::remove(checkpoints_ / again);
    EXPECT_THAT(taken(composed()), HasSubstr(coarse + ": " + warning));
}

TEST_F(CoarseLanguageModel, ThatSaysNothingCountsAsBroken) {
    let_say(std::nullopt);
    EXPECT_EQ(taken(composed()), fine + ": ");
    EXPECT_THAT(taken(composed({"--lm-model", coarse})),
                HasSubstr("nothing says that its audio codes are kept"));
}

TEST_F(Language, RequiredThinkingFailsWithoutALanguageModel) {
    const std::filesystem::path copy = file("copy");
    std::filesystem::create_directory(copy);
    for (const char* const part : {"vae", "Qwen3-Embedding-0.6B", "acestep-v15-turbo"})
        std::filesystem::create_directory_symlink(demo_checkpoints / part, copy / part);
    const auto with = [&](const char* thinking) {
        return run({"generate", "--checkpoints", "copy", "--duration", "5.2", "--quiet", "-o",
                    "song.flac", "--force", "--thinking", thinking});
    };
    EXPECT_TRUE(refused(with("required"), 2));
    EXPECT_THAT(files(), ElementsAre("copy"));

    const ProcessResult wished = with("on");
    EXPECT_EQ(wished.status, 0);
    EXPECT_THAT(wished.err, HasSubstr("Warning: "));
    EXPECT_EQ(with("auto").status, 0);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"compose", "--caption", "x"},
          {"inspire", "x"},
          {"format"},
          {"understand", "song.flac"},
          {"score", "song.flac", "--caption", "x"}}) {
        std::vector<std::string> words = command;
        words.insert(words.end(), {"--checkpoints", "copy", "--quiet"});
        const ProcessResult result = run(words);
        EXPECT_EQ(result.status, 2) << command.front() << result.err;
        EXPECT_EQ(result.out, "");
    }
}

TEST_F(Language, UnderstandDescribesASongAndCodes) {
    write_source("song.wav");
    for (const std::vector<std::string>& song :
         {std::vector<std::string>{"song.wav"}, {"--codes", "1,2,3,4,5,6,7,8,9,10"}}) {
        std::vector<std::string> words = song;
        words.insert(words.begin(), "understand");
        const json heard = written(words);
        EXPECT_NE(heard.at("metadata").at("caption"), "");
        EXPECT_GE(heard.at("metadata").at("bpm"), 30);
        EXPECT_FALSE(heard.contains("codes"));
    }
}

TEST_F(Language, UnderstandTakesOneSong) {
    write_bytes(file("plan.json"), R"({"codes": ["1,2", "3,4"]})");
    const ProcessResult result = write({"understand", "--codes", "plan.json", "--quiet"});
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("2 songs"));
    EXPECT_TRUE(refused(write({"understand", "nowhere.flac", "--quiet"}), 2));
}

// Of captions that are about as likely by themselves; the differences are above 0.5.
TEST_F(Language, ScoreIsHigherForTheCaptionThatTheCodesWereWrittenFor) {
    for (const auto& [own, other] : {std::pair{techno, ambient}, {ambient, techno}}) {
        const json plan =
            written({"compose", "--caption", own, "--duration", "6", "--seed", "1", "--quiet"});
        const std::string codes = plan.at("codes");
        const json fitting = scores({"--codes", codes, "--caption", own});
        const json foreign = scores({"--codes", codes, "--caption", other});
        EXPECT_GT(fitting.at("score"), foreign.at("score").get<double>() + 0.2) << own;
        EXPECT_EQ(fitting.at("conditions").at("caption").at("metric"), "pmi");
        EXPECT_EQ(fitting.at("conditions").size(), 1u);
        EXPECT_EQ(fitting.at("model"), "acestep-5Hz-lm-0.6B");
    }
}

TEST_F(Language, ScoreOfAPlanIsByItsWordsWhereNoFlagSaysOtherwise) {
    const json plan = this->plan({"--lyrics", "[Verse]\nla la"});
    write_bytes(file("plan.json"), plan.dump());
    const json quality = scores({"--codes", "plan.json", "--caption", ambient});
    const json& conditions = quality.at("conditions");
    for (const char* const name :
         {"bpm", "duration", "keyscale", "timesignature", "caption", "lyrics"}) {
        ASSERT_TRUE(conditions.contains(name)) << name;
        EXPECT_GE(conditions.at(name).at("score"), 0);
        EXPECT_LE(conditions.at(name).at("score"), 1);
    }
    EXPECT_EQ(conditions.at("bpm").at("metric"), "top-k recall");
    const json by_flag = scores({"--codes", plan.at("codes"), "--caption", ambient});
    const auto caption = [](const json& scores) {
        return scores.at("conditions").at("caption").at("score").get<double>();
    };
    EXPECT_NEAR(caption(quality), caption(by_flag), 1e-3);
    const json wider = scores({"--codes", "plan.json", "--caption", ambient, "--scale", "100"});
    EXPECT_NEAR(caption(wider), 0.5, 0.05);
}

TEST_F(Language, ScoreHearsAFile) {
    write_source("song.wav");
    const ProcessResult result =
        score({"song.wav", "--caption", techno, "--bpm", "125", "-o", "score.json"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, "");
    const json quality = json::parse(read_bytes(file("score.json")));
    EXPECT_EQ(quality.at("conditions").size(), 2u);
    EXPECT_GE(quality.at("score"), 0);
    EXPECT_LE(quality.at("score"), 1);
    EXPECT_TRUE(refused(score({"song.wav", "--bpm", "125", "-o", "score.json"}), 2));
}

TEST_F(Language, ScoreSaysInOneLineWhatIsMissing) {
    write_bytes(file("plan.json"), R"({"codes": ["1,2", "3,4"]})");
    for (const auto& [arguments, said] :
         std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"--caption", techno}, "an audio file or --codes"},
             {{"--codes", "1,2"}, "nothing to judge"},
             {{"--codes", "1,2", "--caption", " "}, "nothing to judge"},
             {{"--codes", "1,2", "--language", "unknown"}, "nothing to judge"},
             {{"--codes", "1,2", "--caption", techno, "--scale", "0"}, "must be above 0"},
             {{"--codes", "1,2", "--bpm", "1e300"}, "bpm is "},
             {{"--codes", "1,2", "--keyscale", "H major"}, "keyscale is \"H major\""},
             {{"--codes", "plan.json", "--caption", techno}, "2 songs"},
             {{"song.wav", "--codes", "1,2", "--caption", techno}, "cannot be given together"},
             {{"nowhere.flac", "--caption", techno}, "nowhere.flac"}}) {
        const ProcessResult result = score(arguments);
        EXPECT_TRUE(refused(result, 2)) << arguments.back();
        EXPECT_THAT(result.err, HasSubstr(said));
        EXPECT_EQ(result.out, "");
    }
}

TEST_F(Language, InspireWritesARequestForASong) {
    const ProcessResult result =
        write({"inspire", "a calm evening", "--instrumental", "-o", "song.json"});
    ASSERT_EQ(result.status, 0) << result.err;
    const json song = json::parse(read_bytes(file("song.json")));
    EXPECT_NE(song.at("metadata").at("caption"), "");
    EXPECT_EQ(song.at("instrumental"), true);
    make_short_song({"--request", "song.json", "--seed", "1", "-o", "made.flac"});
    EXPECT_EQ(sidecar("made.json").at("caption"), song.at("metadata").at("caption"));
}

TEST_F(Language, InspireNeedsNoQueryAndTakesNamesOfCommandsForOne) {
    EXPECT_NE(written({"inspire"}).at("metadata").at("caption"), "");
    EXPECT_NE(written({"inspire", "format"}).at("metadata").at("caption"), "");
}

TEST_F(Language, FormatKeepsTheGivenMetadata) {
    const json song = written({"format", "--caption", "techno", "--lyrics", "[Verse]\nla", "--bpm",
                               "94", "--keyscale", "D major", "--duration", "15"});
    EXPECT_EQ(song.at("metadata").at("bpm"), 94);
    EXPECT_EQ(song.at("metadata").at("keyscale"), "D major");
    EXPECT_EQ(song.at("metadata").at("duration"), 15);
    EXPECT_NE(song.at("metadata").at("caption"), "");
    EXPECT_NE(song.at("lyrics"), "");
}

TEST_F(Language, SeedDecidesWhatIsWritten) {
    const auto inspired = [&](const char* seed) {
        const ProcessResult result = run({"inspire", "--checkpoints", demo_checkpoints.string(),
                                          "--quiet", "--lm-temperature", "2", "--seed", seed});
        EXPECT_EQ(result.status, 0) << result.err;
        json song = json::parse(result.out);
        song.erase("seed");
        return song;
    };
    const json first = inspired("1");
    EXPECT_EQ(inspired("1"), first);
    EXPECT_TRUE(inspired("2") != first || inspired("3") != first);
}

TEST_F(Language, JsonAloneIsOnTheStandardOutput) {
    const ProcessResult usual = write({"inspire", "x"});
    EXPECT_TRUE(json::accept(usual.out)) << usual.out;
    EXPECT_THAT(usual.err, HasSubstr("compose"));
    EXPECT_EQ(write({"inspire", "x", "--quiet"}).err, "");
}

TEST_F(Language, ExistingFileIsReplacedOnlyByForce) {
    write_bytes(file("song.json"), "mine");
    EXPECT_TRUE(refused(write({"inspire", "x", "-o", "song.json"}), 2));
    EXPECT_TRUE(refused(write({"inspire", "x", "-o", "nowhere/song.json"}), 1));
    EXPECT_TRUE(refused(write({"inspire", "x", "-o", "."}), 1));
    EXPECT_EQ(read_bytes(file("song.json")), "mine");
    EXPECT_EQ(write({"inspire", "x", "-o", "song.json", "--force"}).status, 0);
    EXPECT_TRUE(json::accept(read_bytes(file("song.json"))));
    EXPECT_THAT(files(), ElementsAre("song.json"));
}

TEST_F(Language, OddWordsAreRefused) {
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"inspire", "caf\xE9"},
          {"inspire", std::string(100'000, 'a')},
          {"inspire", "x", "--language", "tlh"},
          {"format", "--caption", "x", "--bpm", "1000"},
          {"compose", "--caption", "x", "--duration", "1e9"},
          {"inspire", "x", "--lm-top-p", "0"},
          {"inspire", "x", "--lm-model", "acestep-5Hz-lm-9B"}}) {
        std::vector<std::string> words = command;
        words.push_back("--quiet");
        const ProcessResult result = write(words);
        EXPECT_TRUE(refused(result, 2)) << words[0] << ' ' << words.back();
        EXPECT_LT(result.err.size(), 500u);
        EXPECT_EQ(result.out, "");
    }
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Language, InterruptWhileComposingWritesNothing) {
    Process process(ACESTEP_PROGRAM,
                    {"compose", "--caption", techno, "--duration", "600", "--checkpoints",
                     demo_checkpoints.string(), "-o", "plan.json"},
                    {.working_directory = folder()});
    ASSERT_TRUE(process.wait_for_error_text("compose"));
    process.interrupt();
    const ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, HasSubstr("acestep: Cancelled. Nothing was written."));
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Language, AModelThatTheTierDoesNotAllowGivesWayToOneThatItAllows) {
    const fs::path checkpoints = links_to_the_demo();
    fs::create_directory_symlink(demo_checkpoints / "acestep-5Hz-lm-0.6B",
                                 checkpoints / "acestep-5Hz-lm-4B");
    const auto song_on = [&](const std::string& gigabytes) {
        return run({"generate", "--checkpoints", checkpoints.string(), "--lm-model",
                    "acestep-5Hz-lm-4B", "--thinking", "on", "--simulate-vram", gigabytes,
                    "--caption", techno, "--duration", "10", "--seed", "1", "-o", "song.flac",
                    "--force"});
    };
    const ProcessResult small = song_on("7");
    EXPECT_EQ(small.status, 0) << small.err;
    EXPECT_THAT(small.err, HasSubstr("LM model acestep-5Hz-lm-4B (4B) is not supported for your "
                                     "GPU (7.0GB). Available models: acestep-5Hz-lm-0.6B"));
    const ProcessResult large = song_on("24");
    EXPECT_EQ(large.status, 0) << large.err;
    EXPECT_THAT(large.err, Not(HasSubstr("not supported")));
}

TEST_F(Language, ADamagedModelIsNoObstacleToASongWithoutIt) {
    const fs::path checkpoints = links_to_the_demo();
    fs::remove(checkpoints / "acestep-5Hz-lm-0.6B");
    fs::create_directory(checkpoints / "acestep-5Hz-lm-0.6B");
    fs::copy(demo_checkpoints / "acestep-5Hz-lm-0.6B" / "config.json",
             checkpoints / "acestep-5Hz-lm-0.6B");
    const ProcessResult result =
        run({"generate", "--checkpoints", checkpoints.string(), "--thinking", "off",
             "--simulate-vram", "6", "--duration", "5.2", "--seed", "1", "-o", "song.flac"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(files(), testing::Contains("song.flac"));
}

}  // namespace
}  // namespace acestep::tests
