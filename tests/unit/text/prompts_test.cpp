// Wordings beyond the golden cases; the templates themselves are compared there.
#include "text/prompts.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tiny_tokenizer.h"

namespace acestep::text {
namespace {

using Tracks = std::vector<std::string>;

TEST(Prompts, TheExampleOfTheSpecificationIsMetByteForByte) {
    const PromptInputs inputs{.instruction = task_instruction(TaskType::text2music),
                              .caption = "upbeat synth pop",
                              .bpm = 120,
                              .keyscale = "C major",
                              .timesignature = "4",
                              .duration_seconds = 60};
    EXPECT_EQ(text_prompt(inputs),
              "# Instruction\nFill the audio semantic mask based on the given conditions:\n\n"
              "# Caption\nupbeat synth pop\n\n# Metas\n- bpm: 120\n- timesignature: 4\n"
              "- keyscale: C major\n- duration: 60 seconds\n<|endoftext|>\n");
}

TEST(Prompts, BothCoversShareAnInstruction) {
    EXPECT_EQ(task_instruction(TaskType::cover_nofsq), task_instruction(TaskType::cover));
}

TEST(Prompts, TracksAppearInCapitals) {
    EXPECT_EQ(task_instruction(TaskType::extract, Tracks{"backing_vocals", "drums"}),
              "Extract the BACKING_VOCALS track from the audio:");
    EXPECT_EQ(task_instruction(TaskType::complete, Tracks{"drums", "\u00e9lectro"}),
              "Complete the input track with DRUMS | \u00c9LECTRO:");
    EXPECT_EQ(task_instruction(TaskType::lego, Tracks{"{0}"}),
              "Generate the {0} track based on the audio context:");
}

TEST(Prompts, ABlankTrackIsNoTrack) {
    EXPECT_EQ(task_instruction(TaskType::lego, Tracks{""}), task_instruction(TaskType::lego));
    EXPECT_EQ(task_instruction(TaskType::complete, Tracks{}), "Complete the input track:");
}

TEST(Prompts, NumbersAppearAsPythonWritesThem) {
    const auto bpm_line = [](double bpm) {
        const std::string block = metas_block({.bpm = bpm});
        return block.substr(0, block.find('\n'));
    };
    EXPECT_EQ(bpm_line(120), "- bpm: 120");
    EXPECT_EQ(bpm_line(87.5), "- bpm: 87.5");
    EXPECT_EQ(bpm_line(99.1), "- bpm: 99.1");
    EXPECT_EQ(bpm_line(0), "- bpm: N/A");
}

TEST(Prompts, DurationsAreWholeSecondsAndThirtyWhenUnknown) {
    const auto duration_line = [](std::optional<double> seconds) {
        const std::string block = metas_block({.duration_seconds = seconds});
        return block.substr(block.find("- duration"));
    };
    EXPECT_EQ(duration_line(119.999), "- duration: 119 seconds\n");
    EXPECT_EQ(duration_line(0.5), "- duration: 0 seconds\n");
    EXPECT_EQ(duration_line(std::nullopt), "- duration: 30 seconds\n");
    EXPECT_EQ(duration_line(-1), "- duration: 30 seconds\n");
    EXPECT_EQ(duration_line(std::numeric_limits<double>::quiet_NaN()), "- duration: 30 seconds\n");
}

TEST(Prompts, TheNonCoverPromptChangesTheInstructionOnly) {
    PromptInputs inputs{.instruction = "Do this", .caption = "c", .bpm = 99};
    const std::string other = non_cover_text_prompt(inputs);
    inputs.instruction = task_instruction(TaskType::text2music);
    EXPECT_EQ(other, text_prompt(inputs));
}

TEST(Prompts, InstrumentalIsRecognisedInAnyCase) {
    for (const char* lyrics : {"", " \n", "[inst]", "[INST]", " [Instrumental]\n"})
        EXPECT_TRUE(is_instrumental(lyrics)) << lyrics;
    for (const char* lyrics : {"inst", "[instrumental] la", "[Inst", "la"})
        EXPECT_FALSE(is_instrumental(lyrics)) << lyrics;
}

TEST(Prompts, ACaptionWithoutMetasReachesToTheEnd) {
    EXPECT_EQ(inner_caption("# Instruction\nx\n\n# Caption\n\u3000two\nlines \n"), "two\nlines");
    EXPECT_EQ(inner_caption("# Caption without newline # Instruction"),
              "# Caption without newline # Instruction");
}

TEST(Prompts, TheStemsCaptionNamesTheWholeSongUnlessItIsASegment) {
    StemsCaption inputs{.instruction = "Generate the DRUMS track:",
                        .global_caption = "rock",
                        .caption = "dry drums"};
    EXPECT_EQ(stems_caption(inputs), "Global: rock\nLocal: dry drums\nMask Control: true");
    inputs.mask_is_explicit = false;
    inputs.instruction = "Generate A Segment of the DRUMS track:";
    EXPECT_EQ(stems_caption(inputs), "Local: dry drums\nMask Control: false");
}

TEST(Prompts, ATextBeyondTheLimitLosesItsEndButNotTheSuffix) {
    const auto tokenizer = Tokenizer::from_json(tiny_tokenizer_json().dump(), "tiny");
    const LimitedIds fits = encode_limited(tokenizer, "xyz", 4);
    EXPECT_EQ(fits.ids, (std::vector<TokenId>{'x', 'y', 'z', tiny_end_of_text}));
    EXPECT_FALSE(fits.cut);
    const LimitedIds cut = encode_limited(tokenizer, "xyz", 3);
    EXPECT_EQ(cut.ids, (std::vector<TokenId>{'x', 'y', tiny_end_of_text}));
    EXPECT_TRUE(cut.cut);
    EXPECT_EQ(encode_limited(tokenizer, "xyz", 1).ids, std::vector<TokenId>{tiny_end_of_text});
}

}  // namespace
}  // namespace acestep::text
