#include "pipeline/request/resolve.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/request/task_rules.h"
#include "pipeline/request/validate.h"
#include "request_support.h"

namespace acestep::pipeline {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* text_instruction =
    "Fill the audio semantic mask based on the given conditions:";
constexpr const char* cover_instruction =
    "Generate audio semantic tokens based on the given conditions:";
constexpr std::int64_t second = 48'000;

RandomSource counting() {
    return [next = std::uint32_t{1000}]() mutable { return next++; };
}

ResolvedRequest resolved(const SongRequest& request, SourceFacts source = {},
                         const ModelFacts& model = tests::base_model()) {
    return resolve(request, model, source, counting());
}

SongRequest request_for(TaskType task) {
    SongRequest request;
    request.task_type = task;
    request.src_audio = "source.wav";
    return request;
}

std::string message_for(const SongRequest& request, SourceFacts source = {},
                        const ModelFacts& model = tests::base_model()) {
    return tests::error_of([&] { resolved(request, source, model); }).what();
}

TEST(Resolve, DecidesEverythingOfAPlainRequest) {
    SongRequest request;
    request.caption = "techno";
    request.duration = 29.97;
    const ResolvedRequest result = resolved(request, {}, tests::turbo_model());
    EXPECT_EQ(result.instruction, text_instruction);
    EXPECT_EQ(result.request.lyrics, "[Instrumental]");
    EXPECT_EQ(result.request.inference_steps, 8);
    EXPECT_EQ(result.latent_frames, 750);
    EXPECT_EQ(result.prompt_seconds, 29.97);
    EXPECT_THAT(result.seeds, ElementsAre(1000));
    EXPECT_THAT(result.retake_seeds, IsEmpty());
    EXPECT_FALSE(result.uses_source || result.is_cover || result.region);
    EXPECT_THAT(result.warnings, IsEmpty());
}

TEST(Resolve, SendsTheTrainedWordForNoVocals) {
    const auto sent = [](const std::string& lyrics, bool empty_lyrics = false) {
        SongRequest request;
        request.lyrics = lyrics;
        request.empty_lyrics = empty_lyrics;
        return resolved(request).request.lyrics;
    };
    for (const char* none : {"", " \n", "[inst]", " [INSTRUMENTAL]\n"})
        EXPECT_EQ(sent(none), "[Instrumental]");
    EXPECT_EQ(sent("", true), "");
    EXPECT_EQ(sent("[Inst]", true), "[Instrumental]");
    EXPECT_EQ(sent(" [Verse]\nla "), " [Verse]\nla ");
}

TEST(Resolve, KeepsTheUsersInstruction) {
    SongRequest request;
    request.instruction = "Do this";
    EXPECT_EQ(resolved(request).instruction, "Do this");
    request.audio_codes = "1,2";
    EXPECT_EQ(resolved(request).instruction, "Do this");
    request.instruction = " ";
    EXPECT_EQ(resolved(request).instruction, cover_instruction);
}

TEST(Resolve, PlaysCodesAsACoverOfTheirLength) {
    SongRequest request;
    request.audio_codes = "<|audio_code_1|>";
    for (int i = 1; i < 50; ++i) request.audio_codes += "<|audio_code_70000|>";
    const ResolvedRequest result = resolved(request);
    EXPECT_TRUE(result.is_cover);
    EXPECT_FALSE(result.uses_source);
    EXPECT_EQ(result.instruction, cover_instruction);
    EXPECT_EQ(result.request.task_type, TaskType::text2music);
    EXPECT_EQ(result.codes.size(), 50u);
    EXPECT_EQ(result.codes[1], 63999);
    EXPECT_EQ(result.latent_frames, 250);
    EXPECT_EQ(result.request.duration, 10);
    EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("49 of 50 codes")));
}

TEST(Resolve, TellsTheUsersDurationBesideCodesButDoesNotCutThem) {
    SongRequest request;
    request.duration = 42;
    request.audio_codes = "1,2,3";
    const ResolvedRequest result = resolved(request);
    EXPECT_EQ(result.prompt_seconds, 42);
    EXPECT_EQ(result.latent_frames, 128);
}

TEST(Resolve, RefusesMoreCodesThanTheLongestSong) {
    SongRequest request;
    request.audio_codes = "1";
    for (int i = 1; i < 3001; ++i) request.audio_codes += ",1";
    EXPECT_THAT(message_for(request), HasSubstr("audio_codes is 600.20 s; the longest song of "
                                                "acestep-v15-base is 600 s"));
}

TEST(Resolve, EstimatesTheDurationFromTheLyrics) {
    SongRequest request;
    request.duration = 0;
    EXPECT_EQ(resolved(request).request.duration, 60);
    for (int i = 0; i < 100; ++i) request.lyrics += "la ";
    const ResolvedRequest result = resolved(request);
    EXPECT_EQ(result.request.duration, 98);
    EXPECT_EQ(result.prompt_seconds, 98);
    EXPECT_EQ(result.latent_frames, 98 * 25);
}

TEST(Resolve, NeverEstimatesMoreThanTheCheckpointHolds) {
    ModelFacts model = tests::base_model();
    model.latent_frames_limit = 750;
    EXPECT_EQ(resolved({}, {}, model).request.duration, 30);
}

TEST(Resolve, TreatsShortSongsAsTheModelsDo) {
    SongRequest request;
    request.duration = 2;
    ResolvedRequest result = resolved(request);
    EXPECT_EQ(result.request.duration, 5.12);
    EXPECT_EQ(result.latent_frames, 128);
    EXPECT_THAT(result.warnings,
                ElementsAre(HasSubstr("duration 2 s became 5.12 s, the shortest song")));
    request.duration = 6;
    result = resolved(request);
    EXPECT_EQ(result.latent_frames, 150);
    EXPECT_THAT(result.warnings,
                ElementsAre(HasSubstr("duration is 6 s; the models were trained")));
    request.duration = 10;
    EXPECT_THAT(resolved(request).warnings, IsEmpty());
}

TEST(Resolve, NamesTheLongestSongOfTheCheckpoint) {
    ModelFacts model = tests::base_model();
    model.latent_frames_limit = 750;
    SongRequest request;
    request.duration = 31;
    EXPECT_THAT(message_for(request, {}, model),
                HasSubstr("duration is 31.00 s; the longest song of acestep-v15-base is 30 s."));
    request.duration = 30;
    EXPECT_EQ(resolved(request, {}, model).latent_frames, 750);
}

TEST(Resolve, TakesTheLengthOfTheSource) {
    const ResolvedRequest result =
        resolved(request_for(TaskType::cover), {.source_samples = 20 * second + 1919});
    EXPECT_EQ(result.latent_frames, 500);
    EXPECT_TRUE(result.uses_source);
    EXPECT_TRUE(result.is_cover);
    EXPECT_EQ(result.instruction, cover_instruction);
    EXPECT_DOUBLE_EQ(result.prompt_seconds, 20 + 1919.0 / second);
    EXPECT_EQ(result.request.duration, -1);
}

TEST(Resolve, OnlyCoverGoesThroughTheTokenizer) {
    for (const auto task : {TaskType::cover_nofsq, TaskType::repaint, TaskType::lego,
                            TaskType::extract, TaskType::complete}) {
        const ResolvedRequest result = resolved(request_for(task), {.source_samples = 20 * second});
        EXPECT_FALSE(result.is_cover) << name(task);
        EXPECT_TRUE(result.uses_source);
        EXPECT_EQ(result.latent_frames, 500);
    }
}

TEST(Resolve, RefusesSourcesThatAreTooLongOrTooShort) {
    EXPECT_THAT(message_for(request_for(TaskType::cover), {.source_samples = 601 * second}),
                HasSubstr("src_audio is 601.00 s; the longest song of acestep-v15-base is 600 s"));
    EXPECT_THAT(message_for(request_for(TaskType::cover), {.source_samples = 1919}),
                HasSubstr("src_audio is too short: 1919 of the 1920"));
    SongRequest request = request_for(TaskType::repaint);
    request.repainting_end = 650;
    EXPECT_THAT(message_for(request, {.source_samples = 20 * second}),
                HasSubstr("src_audio with its extensions is 650.00 s"));
}

TEST(Resolve, SaysWhenASourceWasNotRead) {
    const Error error = tests::error_of([] { resolved(request_for(TaskType::cover)); });
    EXPECT_EQ(error.code(), ErrorCode::internal);
}

TEST(Resolve, AStartBeforeTheSourceWithoutAnEndOnlyAddsThatTime) {
    SongRequest request = request_for(TaskType::repaint);
    request.repainting_start = -5;
    const ResolvedRequest result = resolved(request, {.source_samples = 20 * second});
    EXPECT_EQ(result.latent_frames, 625);
    EXPECT_EQ(result.region->mask, (FrameRange{0, 125}));
    EXPECT_EQ(result.region->first_source_sample, 5 * second);
    EXPECT_EQ(result.request.repainting_end, 0);
    EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("repainting_start -5 s without an end")));
    EXPECT_EQ(result.prompt_seconds, 20);
}

TEST(Resolve, RefusesRegionsThatAreEmpty) {
    SongRequest request = request_for(TaskType::repaint);
    request.repainting_start = 10;
    request.repainting_end = 5;
    EXPECT_THAT(message_for(request, {.source_samples = 20 * second}),
                HasSubstr("repainting_end is 5 s, not after repainting_start at 10 s."));
    request.repainting_start = 30;
    request.repainting_end = -1;
    EXPECT_THAT(message_for(request, {.source_samples = 20 * second}),
                HasSubstr("repainting_start is 30 s; src_audio ends at 20.00 s."));
}

TEST(Resolve, KeepsTheSourceInTheRegionOfALegoPart) {
    SongRequest request = request_for(TaskType::lego);
    request.track_names = {"drums"};
    request.repainting_start = 4;
    request.repainting_end = 8;
    const ResolvedRequest result = resolved(request, {.source_samples = 20 * second});
    EXPECT_EQ(result.region->mask, (FrameRange{100, 200}));
    EXPECT_FALSE(result.region->silenced);
}

TEST(Resolve, WarnsOfTextsLongerThanTheModelsRead) {
    SongRequest request;
    request.caption = std::string(513, 'a');
    request.lyrics = std::string(4097, 'a');
    EXPECT_THAT(resolved(request).warnings,
                ElementsAre(HasSubstr("caption has 513 characters; above 512"),
                            HasSubstr("lyrics has 4097 characters; above 4096")));
    request.caption.clear();
    for (int i = 0; i < 512; ++i) request.caption += "é";
    request.lyrics = "la";
    EXPECT_THAT(resolved(request).warnings, IsEmpty());
}

TEST(Resolve, DrawsSeedsOnceForTheWholeBatch) {
    SongRequest request;
    request.batch_size = 3;
    request.seeds = {7, -1};
    request.retake_variance = 0.5;
    request.retake_seed = 20;
    const ResolvedRequest result = resolved(request);
    EXPECT_THAT(result.seeds, ElementsAre(7, 1000, 1001));
    EXPECT_THAT(result.retake_seeds, ElementsAre(20, 21, 22));
    request.retake_seed.reset();
    EXPECT_THAT(resolved(request).retake_seeds, ElementsAre(1002, 1003, 1004));
}

TEST(Resolve, ChecksTheRequestFirst) {
    SongRequest request;
    request.bpm = 1000;
    EXPECT_THAT(message_for(request), HasSubstr("bpm is 1000"));
}

// Whatever valid request meets whatever source and model: either one clear error, or decisions that
// hold together and, asked for again, are the same without a further word.
TEST(Resolve, DecisionsOfAnyRequestHoldWhenResolvedAgain) {
    std::mt19937 generator(3);
    int decided = 0;
    for (int i = 0; i < 2000; ++i) {
        const SongRequest request = tests::random_request(generator);
        const ModelFacts model = i % 2 == 0 ? tests::base_model() : tests::turbo_model();
        SourceFacts source;
        if (uses_source(request))
            source.source_samples = static_cast<std::int64_t>(generator() % (620 * second));
        try {
            const ResolvedRequest first = resolve(request, model, source, counting());
            ++decided;
            EXPECT_GE(first.latent_frames, model.latent_frames_minimum);
            EXPECT_LE(first.latent_frames, model.latent_frames_limit);
            EXPECT_EQ(first.seeds.size(), static_cast<std::size_t>(request.batch_size));
            if (first.region) {
                EXPECT_LT(first.region->mask.first, first.region->mask.end);
                EXPECT_LE(first.region->mask.end, first.latent_frames);
            }
            for (std::size_t song = 0; song < first.seeds.size(); ++song) {
                const SongRequest one = request_of_song(first, song);
                const ResolvedRequest again = resolve(one, model, source, counting());
                EXPECT_EQ(request_of_song(again, 0), one) << to_json(request);
                EXPECT_THAT(again.seeds, ElementsAre(first.seeds[song]));
                EXPECT_EQ(again.latent_frames, first.latent_frames);
                EXPECT_EQ(again.instruction, first.instruction);
                EXPECT_EQ(again.codes, first.codes);
                EXPECT_EQ(again.prompt_seconds, first.prompt_seconds);
                EXPECT_EQ(song_request_from_json(to_json(one)), one);
            }
        } catch (const Error& error) {
            EXPECT_NE(error.code(), ErrorCode::internal) << error.what();
        }
    }
    EXPECT_GT(decided, 500);
}

}  // namespace
}  // namespace acestep::pipeline
