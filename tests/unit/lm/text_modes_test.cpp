// What the golden flows (tests/golden/lm_flows_golden_test.cpp) leave open, above all the
// recommended rules.
#include "lm/text_modes.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "reciting_writer.h"

namespace acestep::lm {
namespace {

using enum text::MetaField;
using ::testing::HasSubstr;
using text::Metas;
using text::MetaValue;

constexpr const char* song_text =
    "<think>\nbpm: 76\ncaption: a ballad\nlanguage: bn\n</think>\n\n# "
    "Lyric\n[Intro]\nla\n<|im_end|>";
constexpr const char* text_without_lyrics = "<think>\nbpm: 76\n</think>\n\n<|im_end|>";
constexpr const char* codes = "<|audio_code_5|><|audio_code_7|>";

TEST(LmTextModes, EveryModeWritesOneUnguidedTextInThePhaseOfUnderstanding) {
    RecitingWriter writer{song_text, song_text, song_text};
    const TextModeSettings settings = {.sampling = {.temperature = 0.3f, .top_k = 5},
                                       .seed = 11,
                                       .limits = {.context_tokens = 2048}};
    inspire(writer, {.query = "a love song"}, settings);
    format(writer, {"jazz", "la"}, {}, settings);
    understand(writer, codes, settings);
    for (const WritingTask& task : writer.tasks) {
        EXPECT_EQ(task.sequence.phase, Phase::understand);
        EXPECT_FALSE(task.sequence.stop_at_reasoning || task.sequence.skip_caption ||
                     task.sequence.skip_genres || task.sequence.skip_language);
        EXPECT_EQ(task.unconditional_prompt, std::nullopt);
        EXPECT_EQ(task.guidance_scale, 1);
        EXPECT_EQ(task.sampling.temperature, 0.3f);
        EXPECT_EQ(task.sampling.top_k, 5);
        EXPECT_THAT(task.seeds, ::testing::ElementsAre(11));
        EXPECT_GT(task.phase, 1u);  // other draws than those of a plan with the same seed
        EXPECT_EQ(task.most_tokens, 2048 - 64);
    }
}

TEST(LmInspire, GivesMetadataAndLyrics) {
    RecitingWriter writer{song_text};
    const WrittenSong song = inspire(writer, {.query = "a love song"}, {});
    EXPECT_EQ(song.metadata, (Metas{{bpm, 76}, {caption, "a ballad"}, {language, "bn"}}));
    EXPECT_EQ(song.lyrics, "[Intro]\nla");
    EXPECT_THAT(writer.tasks[0].prompt, HasSubstr("a love song\n\ninstrumental: false"));
}

TEST(LmInspire, ABlankQueryAsksForAnything) {
    RecitingWriter writer{song_text};
    inspire(writer, {.query = " \n", .instrumental = true}, {});
    EXPECT_THAT(writer.tasks[0].prompt, HasSubstr("NO USER INPUT\n\ninstrumental: true"));
}

TEST(LmInspire, TheGivenLanguageHolds) {
    RecitingWriter writer{song_text, song_text};
    const WrittenSong song = inspire(writer, {.query = "x", .vocal_language = " zh "}, {});
    EXPECT_EQ(writer.tasks[0].sequence.user_values[index_of(language)], "zh");
    EXPECT_EQ(*song.metadata.find(language), MetaValue("zh"));

    const WrittenSong free = inspire(writer, {.query = "x", .vocal_language = "Unknown"}, {});
    EXPECT_EQ(writer.tasks[1].sequence.user_values[index_of(language)], std::nullopt);
    EXPECT_EQ(*free.metadata.find(language), MetaValue("bn"));
}

TEST(LmInspire, WithoutLyricsOnlyAnInstrumentalSongHasSome) {
    RecitingWriter writer{text_without_lyrics, text_without_lyrics};
    EXPECT_EQ(inspire(writer, {.instrumental = true}, {}).lyrics, "[Instrumental]");
    EXPECT_EQ(inspire(writer, {.instrumental = false}, {}).lyrics, std::nullopt);
}

TEST(LmFormat, GivenMetadataIsTidiedAndHolds) {
    RecitingWriter writer{song_text};
    const WrittenSong song = format(
        writer, {"jazz", "la"},
        {{bpm, "100.5"}, {duration, -1}, {keyscale, "N/A"}, {language, "en"}, {genres, "pop"}}, {});
    const SequenceSettings& sequence = writer.tasks[0].sequence;
    EXPECT_EQ(sequence.user_values[index_of(bpm)], "100");
    EXPECT_EQ(sequence.user_values[index_of(duration)], std::nullopt);
    EXPECT_EQ(sequence.user_values[index_of(keyscale)], std::nullopt);
    EXPECT_EQ(sequence.user_values[index_of(genres)], std::nullopt);
    EXPECT_EQ(sequence.user_values[index_of(language)], "en");
    EXPECT_FALSE(sequence.skip_language);
    EXPECT_EQ(song.metadata, (Metas{{bpm, 100}, {caption, "a ballad"}, {language, "en"}}));
}

TEST(LmFormat, AnUnknownLanguageIsOfficiallyAGivenOne) {
    const Metas given = {{language, "unknown"}};
    RecitingWriter writer{song_text, song_text};
    format(writer, {"jazz", "la"}, given, {});
    EXPECT_EQ(writer.tasks[0].sequence.user_values[index_of(language)], std::nullopt);
    format(writer, {"jazz", "la"}, given, {.rules = {.parity = text::Parity::official}});
    EXPECT_EQ(writer.tasks[1].sequence.user_values[index_of(language)], "unknown");
    EXPECT_TRUE(writer.tasks[1].sequence.skip_language);
}

TEST(LmFormat, WordsWithAPointAreOfficiallyNoNumber) {
    RecitingWriter writer{song_text};
    format(writer, {"jazz", "la"}, {{bpm, "100.5"}, {duration, "61"}},
           {.rules = {.parity = text::Parity::official}});
    EXPECT_EQ(writer.tasks[0].sequence.user_values[index_of(bpm)], std::nullopt);
    EXPECT_EQ(writer.tasks[0].sequence.user_values[index_of(duration)], "61");
}

TEST(LmFormat, WithoutLyricsFromTheModelTheUsersComeBack) {
    RecitingWriter writer{text_without_lyrics, text_without_lyrics};
    EXPECT_EQ(format(writer, {"jazz", " la\n"}, {}, {}).lyrics, " la\n");
    EXPECT_EQ(format(writer, {"", " "}, {}, {}).lyrics, "[Instrumental]");
    EXPECT_THAT(writer.tasks[1].prompt,
                HasSubstr("# Caption\nNO USER INPUT\n\n# Lyric\n[Instrumental]<|im_end|>"));
}

TEST(LmUnderstand, OnlyCodesAreRead) {
    RecitingWriter writer{text_without_lyrics};
    const WrittenSong song =
        understand(writer, "a<|audio_code_5|> <|im_end|>\n<|audio_code_7|>", {});
    EXPECT_THAT(writer.tasks[0].prompt,
                HasSubstr("user\n<|audio_code_5|><|audio_code_7|><|im_end|>\n"));
    EXPECT_EQ(song.lyrics, std::nullopt);
}

TEST(LmUnderstand, WithoutCodesThereIsNothingToUnderstand) {
    RecitingWriter writer{song_text};
    for (const char* text : {"", " \n", "no codes"}) {
        try {
            understand(writer, text, {});
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        }
    }
    EXPECT_TRUE(writer.tasks.empty());
    understand(writer, std::string(text::no_user_input), {});
    EXPECT_THAT(writer.tasks.at(0).prompt, HasSubstr("user\nNO USER INPUT<|im_end|>"));
}

TEST(LmTextModes, NothingWrittenIsAnError) {
    for (const char* text : {"", "<think>\n</think>\n\n<|im_end|>", "hello"}) {
        RecitingWriter writer{text};
        try {
            inspire(writer, {.query = "x", .instrumental = true, .vocal_language = "en"}, {});
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::unavailable);
            EXPECT_NE(error.hint(), "");
        }
    }
}

}  // namespace
}  // namespace acestep::lm
