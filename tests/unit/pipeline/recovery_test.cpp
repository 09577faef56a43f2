// Songs that are made although memory runs out, everywhere it can.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/engine.h"
#include "acestep/error.h"
#include "support/demo_checkpoints.h"
#include "support/temporary_directory.h"

namespace acestep::pipeline {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

/// Latents are the same numbers everywhere. The processor has an operation of its own in the
/// autoencoder, so a song that ends there may round otherwise.
void expect_same_song(const GenerationResult& result, const GenerationResult& expected,
                      const std::string& where) {
    ASSERT_EQ(result.songs.size(), expected.songs.size()) << where;
    for (std::size_t i = 0; i < result.songs.size(); ++i) {
        EXPECT_EQ(result.songs[i].latents, expected.songs[i].latents) << where;
        const auto& channels = result.songs[i].waveform.channels;
        const auto& others = expected.songs[i].waveform.channels;
        ASSERT_EQ(channels.size(), others.size());
        float difference = 0;
        for (std::size_t c = 0; c < channels.size(); ++c) {
            ASSERT_EQ(channels[c].size(), others[c].size());
            for (std::size_t n = 0; n < channels[c].size(); ++n)
                difference = std::max(difference, std::abs(channels[c][n] - others[c][n]));
        }
        EXPECT_LT(difference, 1e-3f) << where;
    }
}

bool found_no_memory(const GenerationResult& result) {
    return std::any_of(result.warnings.begin(), result.warnings.end(), [](const auto& warning) {
        return warning.find("found no memory") != std::string::npos;
    });
}

class Recovery : public ::testing::Test {
protected:
    static SongRequest song() {
        SongRequest request;
        request.caption = "driving techno with organ";
        request.duration = 5.2;
        request.seeds = {1};
        request.thinking = Thinking::off;
        return request;
    }

    /// In one type, so that every way to the song is the same arithmetic.
    static EngineOptions options() {
        EngineOptions options;
        options.checkpoints = ACESTEP_DEMO_CHECKPOINTS;
        options.precision = options.lm_precision = Precision::f32;
        options.threads = 2;
        options.limits = Limits::planned;  // the tier of a small device allows one song only
        // So are the tiles of the autoencoder, whose seams round otherwise.
        options.vae_tile_frames = 64;
        return options;
    }

    EngineOptions with_device(const std::string& profile) const {
        EngineOptions result = options();
        result.machine.device_profile = tests::write_device_profile(folder_.path(), profile);
        return result;
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(Recovery, EveryRefusedRequestForMemoryStillEndsWithTheSameSong) {
    const GenerationResult free = Engine(options()).generate(song());
    int refused = 0;
    for (int request = 1; request < 100; ++request) {
        Engine engine(with_device(
            "{\"memory_gib\": 4, \"refused_request\": " + std::to_string(request) + "}"));
        std::int64_t heard = 0;
        const GenerationResult result =
            engine.generate(song(), {}, nullptr, {}, [&](const DecodedAudio& piece) {
                EXPECT_EQ(piece.first_sample, heard) << "request " << request;
                heard += static_cast<std::int64_t>(piece.channels.front().size());
            });
        EXPECT_EQ(heard, result.songs.front().waveform.samples()) << "request " << request;
        expect_same_song(result, free, "request " + std::to_string(request));
        if (!found_no_memory(result)) break;  // the song needs no more requests than that
        ++refused;
    }
    EXPECT_GT(refused, 8);
    EXPECT_LT(refused, 99);
}

TEST_F(Recovery, WeightsStayForTheNextSong) {
    Engine engine(with_device("{\"memory_gib\": 4}"));
    const GenerationResult first = engine.generate(song());
    const GenerationResult second = engine.generate(song());
    expect_same_song(second, first, "second");
    // What the stages before the decoder have is all there while it works, from the first song on.
    EXPECT_EQ(first.stages.back().stage, Stage::finish);
    for (const StageReport& stage : second.stages) {
        if (stage.stage == Stage::describe) {
            EXPECT_GT(stage.peak_bytes, first.stages[1].peak_bytes);
        }
    }
}

TEST_F(Recovery, StaysWithinTheBudgetOrSaysWhatWouldFit) {
    const GenerationResult free = Engine(options()).generate(song());
    int made = 0, refused = 0;
    // Of half a GiB of context and these, from generous to nothing.
    for (const double mib : {1000., 400., 150., 80., 50., 30., 20., 10., 1.}) {
        EngineOptions small =
            with_device("{\"memory_gib\": " + std::to_string(0.5 + mib / 1024) + "}");
        small.machine.memory_gib = 0.005;  // and no processor to flee to
        Engine engine(small);
        try {
            const GenerationResult result = engine.generate(song());
            expect_same_song(result, free, std::to_string(mib) + " MiB");
            EXPECT_FALSE(found_no_memory(result)) << mib;
            for (const StageReport& stage : result.stages)
                EXPECT_LE(static_cast<double>(stage.peak_bytes), mib * 1048576) << mib;
            ++made;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
            EXPECT_THAT(error.message(), HasSubstr("needs at least"));
            EXPECT_FALSE(error.hint().empty());
            ++refused;
        }
    }
    EXPECT_GT(made, 2);
    EXPECT_GT(refused, 1);
}

TEST_F(Recovery, ThePlanOfASongIsWrittenUnderRefusalsToo) {
    SongRequest request = song();
    request.thinking = Thinking::required;
    request.batch_size = 2;
    request.seeds = {1, 2};
    const GenerationResult free = Engine(options()).generate(request);
    for (const int refused : {1, 2, 3, 5}) {
        Engine engine(with_device(
            "{\"memory_gib\": 4, \"refused_request\": " + std::to_string(refused) + "}"));
        const GenerationResult result = engine.generate(request);
        ASSERT_TRUE(result.plan);
        EXPECT_EQ(result.songs.size(), 2u);
        EXPECT_THAT(result.warnings, Contains(HasSubstr("Stage compose found no memory")));
        EXPECT_EQ(result.plan->codes, free.plan->codes);
    }
}

}  // namespace
}  // namespace acestep::pipeline
