// What a second song of an engine does not compute again, and that nobody can hear it.
#include <algorithm>
#include <filesystem>
#include <new>
#include <utility>

#include <gtest/gtest.h>

#include "acestep/audio.h"
#include "acestep/engine.h"
#include "support/demo_checkpoints.h"
#include "support/temporary_directory.h"

namespace acestep::pipeline {
namespace {

class Remembering : public ::testing::Test {
protected:
    static SongRequest song() {
        SongRequest request;
        request.caption = "driving techno with organ";
        request.lyrics = "[Verse]\nla la la";
        request.duration = 5.2;
        request.seeds = {1};
        request.timesteps = {1.0, 0.5};
        request.thinking = Thinking::off;
        return request;
    }

    static EngineOptions options() {
        EngineOptions options;
        options.checkpoints = ACESTEP_DEMO_CHECKPOINTS;
        options.threads = 2;
        options.limits = Limits::planned;
        return options;
    }

    std::filesystem::path recording(const char* name, float pitch) const {
        Waveform waveform{48000, {std::vector<float>(6 * 48000), std::vector<float>(6 * 48000)}};
        for (std::size_t i = 0; i < waveform.channels[0].size(); ++i) {
            const auto phase = static_cast<std::size_t>(static_cast<float>(i) * pitch) % 100;
            waveform.channels[0][i] = waveform.channels[1][i] =
                static_cast<float>(phase) / 100 - 0.5f;
        }
        const auto path = folder_.path() / name;
        write_audio(waveform, path, {.format = AudioFormat::wav32f});
        return path;
    }

    /// Of what the stage has multiplied: 0 when nothing was left to do.
    static double work(const GenerationResult& result, Stage stage) {
        for (const StageReport& report : result.stages)
            if (report.stage == stage) return report.flops;
        return 0;
    }

    static void expect_equal(const GenerationResult& result, const GenerationResult& expected) {
        ASSERT_EQ(result.songs.size(), expected.songs.size());
        for (std::size_t i = 0; i < result.songs.size(); ++i) {
            EXPECT_EQ(result.songs[i].latents, expected.songs[i].latents);
            EXPECT_EQ(result.songs[i].waveform.channels, expected.songs[i].waveform.channels);
        }
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(Remembering, TheSameWordsAreReadOnce) {
    Engine engine(options());
    const GenerationResult first = engine.generate(song());
    EXPECT_GT(work(first, Stage::describe), 0);
    EXPECT_GT(work(first, Stage::condition), 0);

    SongRequest other_seed = song();
    other_seed.seeds = {2};
    const GenerationResult second = engine.generate(other_seed);
    EXPECT_EQ(work(second, Stage::describe), 0);
    EXPECT_EQ(work(second, Stage::condition), 0);
    EXPECT_GT(work(second, Stage::diffuse), 0);
    expect_equal(second, Engine(options()).generate(other_seed));
    expect_equal(engine.generate(song()), first);
}

TEST_F(Remembering, OtherWordsAreReadAndTheTimbreOfSilenceStays) {
    Engine engine(options());
    const GenerationResult first = engine.generate(song());
    SongRequest other = song();
    other.caption = "slow waltz with harp";
    const GenerationResult second = engine.generate(other);
    EXPECT_GT(work(second, Stage::describe), 0);
    EXPECT_LT(work(second, Stage::condition), work(first, Stage::condition) / 4);
    expect_equal(second, Engine(options()).generate(other));
}

TEST_F(Remembering, ARecordingIsHeardOnceWhateverItsName) {
    SongRequest cover = song();
    cover.task_type = TaskType::cover;
    cover.src_audio = recording("source.wav", 0.7f);
    cover.reference_audio = recording("reference.wav", 0.4f);
    Engine engine(options());
    const GenerationResult first = engine.generate(cover);
    EXPECT_GT(work(first, Stage::listen), 0);

    SongRequest renamed = cover;
    renamed.src_audio = recording("copy.wav", 0.7f);
    const GenerationResult again = engine.generate(renamed);
    EXPECT_EQ(work(again, Stage::listen), 0);
    EXPECT_EQ(work(again, Stage::condition), 0);
    expect_equal(again, first);

    // The same name, but other sound.
    recording("source.wav", 0.9f);
    const GenerationResult other = engine.generate(cover);
    EXPECT_GT(work(other, Stage::listen), 0);
    EXPECT_LT(work(other, Stage::listen), work(first, Stage::listen));
    expect_equal(other, Engine(options()).generate(cover));
}

TEST_F(Remembering, CodesAreHeardOnce) {
    SongRequest planned = song();
    planned.audio_codes = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26";
    Engine engine(options());
    const GenerationResult first = engine.generate(planned);
    const GenerationResult second = engine.generate(planned);
    EXPECT_GT(work(first, Stage::condition), 0);
    EXPECT_EQ(work(second, Stage::condition), 0);
    expect_equal(second, first);
    planned.audio_codes += ",27";
    expect_equal(engine.generate(planned), Engine(options()).generate(planned));
}

TEST_F(Remembering, NothingStaysWhereItIsNotWanted) {
    EngineOptions forgetful = options();
    forgetful.remembered_bytes = 0;
    Engine engine(forgetful);
    const GenerationResult first = engine.generate(song());
    const GenerationResult second = engine.generate(song());
    EXPECT_EQ(work(second, Stage::describe), work(first, Stage::describe));
    EXPECT_EQ(work(second, Stage::condition), work(first, Stage::condition));
    expect_equal(second, first);
}

TEST_F(Remembering, EverythingIsForgottenWhenMemoryRunsOut) {
    EngineOptions small = options();
    small.machine.device_profile =
        tests::write_device_profile(folder_.path(), "{\"memory_gib\": 4}");
    Engine engine(small);
    bool failed = false;
    engine.generate(song(), {}, nullptr, {}, [&](const DecodedAudio&) {
        if (!std::exchange(failed, true)) throw std::bad_alloc();
    });
    EXPECT_GT(work(engine.generate(song()), Stage::describe), 0);
    EXPECT_EQ(work(engine.generate(song()), Stage::describe), 0);
}

}  // namespace
}  // namespace acestep::pipeline
