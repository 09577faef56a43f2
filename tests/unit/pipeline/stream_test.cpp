// Sound that is handed out while the song is still being decoded.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <new>
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

/// Puts pieces together, and fails where one is missing or comes twice.
struct Listener {
    std::vector<Waveform> songs;
    int pieces = 0;

    void hear(const DecodedAudio& piece) {
        if (piece.first_sample == 0) songs.push_back({piece.sample_rate, {{}, {}}});
        EXPECT_EQ(piece.song + 1, songs.size());
        EXPECT_EQ(piece.first_sample, songs.back().samples());
        ASSERT_EQ(piece.channels.size(), 2u);
        for (std::size_t c = 0; c < 2; ++c) {
            auto& channel = songs.back().channels[c];
            channel.insert(channel.end(), piece.channels[c].begin(), piece.channels[c].end());
        }
        EXPECT_LE(songs.back().samples(), piece.total_samples);
        ++pieces;
    }
};

class Streaming : public ::testing::Test {
protected:
    static SongRequest song(double seconds) {
        SongRequest request;
        request.caption = "driving techno with organ";
        request.duration = seconds;
        request.seeds = {1};
        request.timesteps = {1.0, 0.5};
        request.thinking = Thinking::off;
        request.enable_normalization = false;
        return request;
    }

    static EngineOptions options() {
        EngineOptions options;
        options.checkpoints = ACESTEP_DEMO_CHECKPOINTS;
        options.precision = Precision::f32;
        options.threads = 2;
        options.limits = Limits::planned;
        return options;
    }

    EngineOptions with_device(const std::string& profile) const {
        EngineOptions result = options();
        result.machine.device_profile = tests::write_device_profile(folder_.path(), profile);
        return result;
    }

    /// Without level and fades a song is what was heard, divided by a peak beyond full scale.
    static void expect_heard(const Waveform& song, const Waveform& heard, float tolerance) {
        ASSERT_EQ(heard.samples(), song.samples());
        float peak = 1, difference = 0;
        for (const auto& channel : heard.channels)
            for (const float sample : channel) peak = std::max(peak, std::abs(sample));
        for (std::size_t c = 0; c < 2; ++c)
            for (std::size_t i = 0; i < song.channels[c].size(); ++i)
                difference = std::max(difference,
                                      std::abs(song.channels[c][i] - heard.channels[c][i] / peak));
        EXPECT_LE(difference, tolerance);
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(Streaming, SoundIsThereBeforeTheLastTileAndIsTheSong) {
    SongRequest request = song(20);
    request.batch_size = 2;
    request.seeds = {1, 2};
    Listener listener;
    int decoded_tiles = 0, tiles_at_first_piece = -1, tiles = 0;
    const GenerationResult result = Engine(options()).generate(
        request,
        [&](const Progress& progress) {
            if (progress.stage != Stage::decode) return;
            decoded_tiles = progress.done;
            tiles = std::max(tiles, progress.total);
        },
        nullptr, {},
        [&](const DecodedAudio& piece) {
            if (tiles_at_first_piece < 0) tiles_at_first_piece = decoded_tiles;
            EXPECT_EQ(piece.total_samples, 20 * 48000);
            EXPECT_LE(piece.channels[0].size(), 10u * 48000u);
            listener.hear(piece);
        });
    EXPECT_EQ(tiles_at_first_piece, 0);
    EXPECT_GT(tiles, 1);
    EXPECT_EQ(listener.pieces, 2 * tiles);
    ASSERT_EQ(listener.songs.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i)
        expect_heard(result.songs[i].waveform, listener.songs[i], 1e-6f);
}

TEST_F(Streaming, ListeningDoesNotChangeTheSong) {
    EngineOptions roomy = with_device("{\"memory_gib\": 8}");
    const GenerationResult alone = Engine(roomy).generate(song(12));
    const GenerationResult heard =
        Engine(roomy).generate(song(12), {}, nullptr, {}, [](const DecodedAudio&) {});
    EXPECT_EQ(heard.songs[0].latents, alone.songs[0].latents);
    expect_heard(heard.songs[0].waveform, alone.songs[0].waveform, 1e-4f);
}

TEST_F(Streaming, NoSampleComesTwiceWhenMemoryRunsOutBetweenTiles) {
    const GenerationResult expected = Engine(options()).generate(song(20));
    for (const int failing : {1, 2}) {
        Listener listener;
        bool failed = false;
        Engine engine(with_device("{\"memory_gib\": 4}"));
        const GenerationResult result =
            engine.generate(song(20), {}, nullptr, {}, [&](const DecodedAudio& piece) {
                listener.hear(piece);
                if (listener.pieces == failing && !std::exchange(failed, true))
                    throw std::bad_alloc();
            });
        EXPECT_THAT(result.warnings, Contains(HasSubstr("Stage decode found no memory")));
        ASSERT_EQ(listener.songs.size(), 1u);
        expect_heard(result.songs[0].waveform, listener.songs[0], 1e-6f);
        expect_heard(result.songs[0].waveform, expected.songs[0].waveform, 1e-3f);
    }
}

TEST_F(Streaming, AnErrorOfTheListenerEndsTheRequest) {
    Engine engine(options());
    const auto refuse = [](const DecodedAudio&) {
        throw Error(ErrorCode::unavailable, "Nobody listens.");
    };
    EXPECT_THROW(engine.generate(song(5.2), {}, nullptr, {}, refuse), Error);
    EXPECT_EQ(engine.generate(song(5.2)).songs.size(), 1u);
}

}  // namespace
}  // namespace acestep::pipeline
