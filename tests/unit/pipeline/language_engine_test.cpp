// The engine with the demo's language model: plans that follow the caption, and songs that are made
// whatever becomes of the model.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/engine.h"
#include "acestep/error.h"
#include "support/temporary_directory.h"

namespace acestep::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path demo = ACESTEP_DEMO_CHECKPOINTS;
constexpr const char* lm_folder = "acestep-5Hz-lm-0.6B";

struct Genre {
    const char* caption;
    const char* word;         ///< that the plan's caption should have
    std::vector<int> tempos;  ///< that its training songs had
    const char* timesignature;
};

// The demo model was trained on songs of these kinds (checkpoints/demo/README.md).
TEST(LanguageEngine, PlansAgreeWithTheGenreOfTheCaption) {
    Engine engine({.checkpoints = demo, .threads = 1});
    for (const Genre& genre :
         {Genre{"driving techno with organ and drums", "techno", {125}, "4"},
          Genre{"uplifting trance with saw lead and drums", "trance", {125}, "4"},
          Genre{"calm ambient with warm pad", "ambient", {62}, "4"},
          Genre{"elegant waltz with piano", "waltz", {75, 94}, "3"}}) {
        int agreeing = 0;
        for (int seed = 1; seed <= 20; ++seed) {
            SongRequest request;
            request.caption = genre.caption;
            request.duration = 1;
            request.lm_seed = seed;
            const Metadata plan = engine.compose(request).metadata;
            const bool tempo_fits =
                plan.bpm && std::count(genre.tempos.begin(), genre.tempos.end(), *plan.bpm) > 0;
            agreeing += tempo_fits && plan.timesignature == genre.timesignature &&
                        plan.caption.find(genre.word) != std::string::npos;
        }
        EXPECT_GE(agreeing, 15) << genre.caption;
    }
}

TEST(LanguageEngine, GivenMetadataReachesTheSongUnchanged) {
    Engine engine({.checkpoints = demo, .threads = 1});
    SongRequest request;
    request.caption = "elegant waltz with piano";
    request.bpm = 94;
    request.keyscale = "D major";
    request.duration = 5.2;
    request.seeds = {4};
    const GenerationResult result = engine.generate(request);
    ASSERT_TRUE(result.plan);
    const SongRequest& made = result.songs.at(0).request;
    EXPECT_EQ(made.bpm, 94);
    EXPECT_EQ(made.keyscale, "D major");
    EXPECT_EQ(made.timesignature, "3");
    EXPECT_EQ(result.songs[0].latent_frames, 130);  // 26 codes of 5 frames
    EXPECT_THAT(result.warnings, ElementsAre());
}

TEST(LanguageEngine, ASongOfABatchIsTheSameAlone) {
    Engine engine({.checkpoints = demo, .threads = 1});
    SongRequest request;
    request.caption = "driving techno with organ and drums";
    request.duration = 5.2;
    request.seeds = {21};
    request.batch_size = 2;
    const GenerationResult both = engine.generate(request);
    ASSERT_EQ(both.songs.size(), 2u);
    EXPECT_NE(both.songs[0].request.audio_codes, both.songs[1].request.audio_codes);
    const GenerationResult again = engine.generate(both.songs[1].request);
    EXPECT_EQ(again.songs.at(0).latents, both.songs[1].latents);
}

class WithoutLanguageModel : public ::testing::Test {
protected:
    WithoutLanguageModel() {
        for (const char* part : {"vae", "Qwen3-Embedding-0.6B", "acestep-v15-turbo"})
            fs::create_directory_symlink(demo / part, folder_.path() / part);
        request_.caption = "calm ambient with warm pad";
        request_.duration = 10;
        request_.seeds = {1};
    }
    /// A language model of which one file is replaced by `content`.
    void damage(const char* name, const std::string& content) {
        const fs::path model = folder_.path() / lm_folder;
        fs::remove_all(model);
        fs::create_directory(model);
        for (const auto& entry : fs::directory_iterator(demo / lm_folder))
            fs::create_symlink(entry.path(), model / entry.path().filename());
        fs::remove(model / name);
        std::ofstream(model / name, std::ios::binary) << content;
    }
    GenerationResult generate(Thinking thinking) {
        Engine engine({.checkpoints = folder_.path(), .threads = 1});
        request_.thinking = thinking;
        return engine.generate(request_);
    }
    /// Made with one warning that says `reason`; refused when thinking is required.
    void expect_made_without(const char* reason) {
        for (const Thinking thinking : {Thinking::automatic, Thinking::on}) {
            const GenerationResult result = generate(thinking);
            EXPECT_EQ(result.songs.size(), 1u);
            EXPECT_FALSE(result.plan);
            ASSERT_EQ(result.warnings.size(), 1u);
            EXPECT_THAT(result.warnings[0], HasSubstr("made without the language model"));
            EXPECT_THAT(result.warnings[0], HasSubstr(reason));
        }
        EXPECT_THROW(generate(Thinking::required), Error);
        EXPECT_EQ(generate(Thinking::off).warnings.size(), 0u);
    }

    tests::TemporaryDirectory folder_;
    SongRequest request_;
};

TEST_F(WithoutLanguageModel, TheSongIsMadeWithAWarning) {
    expect_made_without("There is no language model in");
}

TEST_F(WithoutLanguageModel, DamagedFilesAreNoObstacle) {
    damage("model.safetensors", "no weights");
    expect_made_without("model.safetensors");
    damage("tokenizer.json", "{}");
    expect_made_without("tokenizer.json");
    damage("config.json", "{\"vocab_size\": -1}");
    expect_made_without("hidden_size is missing");
}

TEST_F(WithoutLanguageModel, AnotherChatTemplateIsTold) {
    const auto warning = [&](const char* name, const std::string& content) {
        damage(name, content);
        const GenerationResult result = generate(Thinking::on);
        EXPECT_TRUE(result.plan);
        return result.warnings.empty() ? std::string() : result.warnings[0];
    };
    const char* of_another = "{{ bos_token }}[INST] {{ messages[0].content }} [/INST]";
    EXPECT_THAT(warning("chat_template.jinja", of_another), HasSubstr("other than Qwen3's"));
    EXPECT_THAT(warning("tokenizer_config.json", R"({"chat_template": "[INST]"})"),
                HasSubstr(lm_folder));
    EXPECT_EQ(warning("tokenizer_config.json", "{}"), "");

    const fs::path published = fs::path(ACESTEP_QWEN3) / "tokenizer_config.json";
    if (!fs::exists(published))
        GTEST_SKIP() << published << " is absent; tools/fetch_qwen3_tokenizer.sh brings it";
    std::ifstream file(published);
    EXPECT_EQ(warning("tokenizer_config.json", {std::istreambuf_iterator(file), {}}), "");
}

TEST_F(WithoutLanguageModel, TheOtherModesSayWhatIsMissing) {
    Engine engine({.checkpoints = folder_.path(), .threads = 1});
    try {
        engine.inspire({.query = "a song"});
        FAIL() << "was written";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::not_found);
        EXPECT_THAT(error.what(), HasSubstr("There is no language model in"));
    }
}

TEST_F(WithoutLanguageModel, CancellingIsNotTakenForAFailure) {
    CancelToken cancel;
    const auto stop = [&](const Progress& progress) {
        if (progress.stage == Stage::compose) cancel.cancel();
    };
    Engine engine({.checkpoints = demo, .threads = 1});
    try {
        engine.generate(request_, stop, &cancel);
        FAIL() << "was made";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
}

}  // namespace
}  // namespace acestep::pipeline
