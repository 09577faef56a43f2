// Songs whose lyrics are timed, and songs that are made although they cannot be.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/engine.h"
#include "pipeline/lyric_timing.h"
#include "pipeline/plan/plan_constraints.h"
#include "pipeline/plan/plan_devices.h"
#include "pipeline/plan/request_shape.h"
#include "support/demo_checkpoints.h"
#include "support/temporary_directory.h"

namespace acestep::pipeline {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SongRequest sung() {
    SongRequest request;
    request.caption = "driving techno with organ";
    request.lyrics = "[Verse 1]\nhome again\n\n  over the hills  \nfar away";
    request.vocal_language = "en";
    request.duration = 5.2;
    request.seeds = {1};
    request.get_lrc = true;
    return request;
}

class LyricTimingTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        checkpoints_ = new tests::TemporaryDirectory;
        tests::copy_demo(checkpoints_->path(), "lyric_alignment_layers_config",
                         tests::demo_lyric_heads);
    }
    static void TearDownTestSuite() { delete checkpoints_; }

    static EngineOptions options() {
        EngineOptions options;
        options.checkpoints = checkpoints_->path();
        options.precision = Precision::f32;
        options.threads = 2;
        options.limits = Limits::planned;
        options.vae_tile_frames = 64;
        return options;
    }

    /// On a simulated device, and with no processor to flee to.
    EngineOptions with_device(const std::string& profile) const {
        EngineOptions result = options();
        result.machine.device_profile = tests::write_device_profile(folder_.path(), profile);
        result.machine.memory_gib = 0.005;
        return result;
    }

    static inline tests::TemporaryDirectory* checkpoints_ = nullptr;
    tests::TemporaryDirectory folder_;
};

bool has_stage(const GenerationResult& result, Stage stage) {
    return std::any_of(result.stages.begin(), result.stages.end(),
                       [&](const StageReport& report) { return report.stage == stage; });
}

void expect_times_of(const Song& song, std::vector<std::string> lines) {
    ASSERT_TRUE(song.lyric_times);
    ASSERT_EQ(song.lyric_times->lines.size(), lines.size());
    double before = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const LyricLine& line = song.lyric_times->lines[i];
        EXPECT_EQ(line.text, lines[i]);
        EXPECT_GE(line.start, before);
        EXPECT_GE(line.end, line.start);
        EXPECT_LE(line.end, song.waveform.duration_seconds());
        before = line.start;
    }
    EXPECT_GE(song.lyric_times->alignment_score, 0);
    EXPECT_LE(song.lyric_times->alignment_score, 1);
}

const std::vector<std::string> lines{"[Verse 1]", "home again", "over the hills", "far away"};

TEST_F(LyricTimingTest, EveryLineHasItsTimeAndTheSongIsTheSame) {
    Engine engine(options());
    const GenerationResult timed = engine.generate(sung());
    expect_times_of(timed.songs.front(), lines);
    EXPECT_TRUE(has_stage(timed, Stage::align));
    SongRequest request = sung();
    request.get_lrc = false;
    const GenerationResult untimed = engine.generate(request);
    EXPECT_FALSE(untimed.songs.front().lyric_times);
    EXPECT_FALSE(has_stage(untimed, Stage::align));
    EXPECT_EQ(timed.songs.front().latents, untimed.songs.front().latents);
}

TEST_F(LyricTimingTest, EverySongOfABatchHasItsOwn) {
    SongRequest request = sung();
    request.batch_size = 2;
    request.seeds = {1, 2};
    Engine engine(options());
    const GenerationResult both = engine.generate(request);
    ASSERT_EQ(both.songs.size(), 2u);
    for (const Song& song : both.songs) expect_times_of(song, lines);
    request.batch_size = 1;
    request.seeds = {2};
    EXPECT_EQ(engine.generate(request).songs.front().lyric_times, both.songs[1].lyric_times);
}

TEST_F(LyricTimingTest, OneWordIsEnough) {
    SongRequest request = sung();
    request.lyrics = "a";
    expect_times_of(Engine(options()).generate(request).songs.front(), {"a"});
}

TEST_F(LyricTimingTest, WithoutLyricsThereIsNothingToTime) {
    Engine engine(options());
    for (const char* const lyrics : {"", " \n", "[Instrumental]", "[inst]"}) {
        SongRequest request = sung();
        request.lyrics = lyrics;
        request.empty_lyrics = true;
        const GenerationResult result = engine.generate(request);
        EXPECT_FALSE(result.songs.front().lyric_times) << lyrics;
        EXPECT_THAT(result.warnings, Contains(HasSubstr("no lyrics"))) << lyrics;
    }
}

TEST_F(LyricTimingTest, OfANetworkWithoutKnownHeadsSaysSo) {
    EngineOptions demo = options();
    demo.checkpoints = ACESTEP_DEMO_CHECKPOINTS;
    SongRequest request = sung();
    request.thinking = Thinking::off;
    const GenerationResult result = Engine(demo).generate(request);
    EXPECT_FALSE(result.songs.front().lyric_times);
    EXPECT_THAT(result.warnings, Contains(AllOf(HasSubstr("8 layers with 3 heads"),
                                                HasSubstr("lyric_alignment_layers_config"))));
}

TEST_F(LyricTimingTest, StopsOnRequest) {
    CancelToken cancel;
    const auto stop = [&](const Progress& progress) {
        if (progress.stage == Stage::align && progress.done > 0) cancel.cancel();
    };
    try {
        Engine(options()).generate(sung(), stop, &cancel);
        FAIL() << "not stopped";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
}

TEST_F(LyricTimingTest, ThatFindsNoMemoryAtAllLeavesTheSong) {
    Engine engine(options());
    const GenerationResult free = engine.generate(sung());
    const auto none_for_the_times = [](const Progress& progress) {
        if (progress.stage == Stage::align) throw Error(ErrorCode::out_of_memory, "There is none.");
    };
    const GenerationResult result = engine.generate(sung(), none_for_the_times);
    EXPECT_FALSE(result.songs.front().lyric_times);
    EXPECT_THAT(result.warnings, Contains("The lyrics are not timed: There is none."));
    EXPECT_EQ(result.songs.front().latents, free.songs.front().latents);
    EXPECT_EQ(result.songs.front().waveform.channels, free.songs.front().waveform.channels);
    // And those of the next song are found again.
    EXPECT_EQ(engine.generate(sung()).songs.front().lyric_times, free.songs.front().lyric_times);
}

TEST_F(LyricTimingTest, PassesOnWhatTheCallerThrows) {
    const auto refuse = [](const Progress& progress) {
        if (progress.stage == Stage::align) throw Error(ErrorCode::unavailable, "Mine.");
    };
    EXPECT_THROW(Engine(options()).generate(sung(), refuse), Error);
}

TEST_F(LyricTimingTest, EveryRefusedRequestForMemoryStillEndsWithTheSameTimes) {
    const GenerationResult free = Engine(options()).generate(sung());
    int in_align = 0;
    for (int request = 1; request < 100; ++request) {
        EngineOptions refusing = with_device(
            "{\"memory_gib\": 4, \"refused_request\": " + std::to_string(request) + "}");
        refusing.machine.memory_gib = std::nullopt;
        const GenerationResult result = Engine(refusing).generate(sung());
        EXPECT_EQ(result.songs.front().latents, free.songs.front().latents) << request;
        expect_times_of(result.songs.front(), lines);
        const auto told = [&](const char* text) {
            return std::any_of(result.warnings.begin(), result.warnings.end(),
                               [&](const std::string& warning) { return warning.find(text) == 0; });
        };
        if (told("Stage align found no memory")) ++in_align;
        if (!told("Stage ")) break;  // the song needs no more requests than that
    }
    EXPECT_GT(in_align, 1);
}

TEST_F(LyricTimingTest, IsLeftOutOfThePlanWhereOnlyTheSongFits) {
    const auto warnings_with = [&](double gib) {
        const EngineOptions small = with_device("{\"memory_gib\": " + std::to_string(gib) + "}");
        ModelSet models(small);
        Placement placement(device_sources(machine_limits(small)), models.planning_networks(),
                            constraints_of(plan_choices(small), models.model_checkpoint(),
                                           models.text_checkpoint()),
                            [](Placement*) {});
        SongRequest request = sung();
        request.duration = 300;
        for (int line = 0; line < 300; ++line) request.lyrics += "\nover the hills and far away";
        const ResolvedRequest resolved = resolve(request, models.facts(), {});
        const Words words = words_of(models, resolved);
        LyricTiming timing(models, resolved, words);
        // What six heads see of 2,048 tokens takes 184 MB, more than anything of the song.
        timing.plan(placement, shape_of_songs(resolved, words, 8, 0, false, {}));
        return timing.warnings();
    };
    EXPECT_THAT(warnings_with(4), IsEmpty());
    for (int mib = 100; mib < 300; mib += 10) {
        try {
            EXPECT_THAT(warnings_with(0.5 + mib / 1024.),
                        Contains(HasSubstr("The lyrics are not timed: ")))
                << mib;
            return;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::out_of_memory) << mib;
        }
    }
    FAIL() << "the song never fits";
}

}  // namespace
}  // namespace acestep::pipeline
