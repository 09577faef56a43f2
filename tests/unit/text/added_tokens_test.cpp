#include "text/added_tokens.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

AddedTokens three_tokens() {
    AddedTokens tokens;
    tokens.add("<|a|>", 1);
    tokens.add("<|a|>b", 2);
    tokens.add("<think>", 3);
    return tokens;
}

TEST(AddedTokens, TheLeftmostIsFoundAndThereTheLongest) {
    const AddedTokens tokens = three_tokens();
    const auto first = tokens.find("x<|a|>b<think>", 0);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->id, 2);
    EXPECT_EQ(first->begin, 1U);
    EXPECT_EQ(first->end, 7U);
    const auto second = tokens.find("x<|a|>b<think>", first->end);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->id, 3);
}

TEST(AddedTokens, BeginningsOfTokensAreNotTokens) {
    const AddedTokens tokens = three_tokens();
    EXPECT_FALSE(tokens.find("<|a| <thin", 0));
    EXPECT_FALSE(tokens.find("<|a|>", 1));
    const auto found = tokens.find("<<|<|a|>", 0);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->begin, 3U);
}

TEST(AddedTokens, IdsAreFoundByTheWholeContent) {
    const AddedTokens tokens = three_tokens();
    EXPECT_EQ(tokens.id("<think>"), 3);
    EXPECT_EQ(tokens.id("<think"), std::nullopt);
}

TEST(AddedTokens, ThereMayBeAsManyAsTheLanguageModelHas) {
    std::vector<std::string> contents;
    for (int code = 0; code < 65'535; ++code)
        contents.push_back("<|audio_code_" + std::to_string(code) + "|>");
    AddedTokens tokens;
    for (std::size_t i = 0; i < contents.size(); ++i)
        tokens.add(contents[i], static_cast<TokenId>(i));
    const std::string text = "<|audio_code_65534|><|audio_code_6|>";
    EXPECT_EQ(tokens.find(text, 0)->id, 65'534);
    EXPECT_EQ(tokens.find(text, 1)->id, 6);
}

}  // namespace
}  // namespace acestep::text
