#include "text/tokenizer_parts.h"

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

using Pair = std::pair<std::string, std::string>;

TEST(TokenizerParts, AMergeIsTwoWordsWithOneSpace) {
    EXPECT_EQ(split_merge("\u0120t he"), (Pair{"\u0120t", "he"}));
    for (const char* wrong : {"", " ", "a", "a ", " a", "a  b", "a b c"})
        EXPECT_EQ(split_merge(wrong), Pair()) << wrong;
}

// The ids of lm.md 1.2.
TEST(TokenizerParts, TheAddedTokensOfQwen3LieBehindTheVocabulary) {
    const std::vector<AddedToken> tokens = qwen3_added_tokens(151'643, 65'535);
    ASSERT_EQ(tokens.size(), 26U + 65'535U);
    EXPECT_EQ(tokens[0].content, "<|endoftext|>");
    EXPECT_EQ(tokens[2].content, "<|im_end|>");
    EXPECT_EQ(tokens[2].id, 151'645);
    EXPECT_EQ(tokens[25].content, "</think>");
    EXPECT_EQ(tokens[25].id, 151'668);
    EXPECT_EQ(tokens[26].content, "<|audio_code_0|>");
    EXPECT_EQ(tokens.back().content, "<|audio_code_65534|>");
    EXPECT_EQ(tokens.back().id, 217'203);
}

}  // namespace
}  // namespace acestep::text
