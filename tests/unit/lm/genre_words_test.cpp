#include "lm/genre_words.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lm_tokenizer.h"

namespace acestep::lm {
namespace {

class LmGenreWords : public ::testing::Test {
protected:
    const text::Tokenizer tokenizer = tiny_lm_tokenizer();
    const std::vector<std::string> genres = {"pop", "Pop Rock", " jazz ", ""};
    const GenreWords words{tokenizer, genres, '\n'};
};

TEST_F(LmGenreWords, EveryTokenThatContinuesAGenreIsAllowedInBothCases) {
    const TokenSet& first = words.allowed("");
    for (const TokenId id : {TokenId('p'), TokenId('P'), token(tokenizer, "po"),
                             token(tokenizer, "pop"), TokenId('j'), TokenId('J')})
        EXPECT_TRUE(first.contains(id)) << tokenizer.token_bytes(id);
    EXPECT_EQ(first.size(), 6u);
    EXPECT_TRUE(words.allowed("P").contains('O'));
}

TEST_F(LmGenreWords, TheLineEndsBehindAGenreOnly) {
    EXPECT_FALSE(words.allowed("po").contains('\n'));
    EXPECT_TRUE(words.allowed("pop").contains('\n'));
    EXPECT_TRUE(words.allowed("pop").contains(' '));  // "pop rock"
    EXPECT_TRUE(words.allowed("jazz").contains('\n'));
    EXPECT_FALSE(words.allowed("jazz").contains(' '));
}

TEST_F(LmGenreWords, WhatIsNoGenreIsClosed) {
    EXPECT_EQ(TokenChoice(words.allowed("polka")).only(), '\n');
}

TEST_F(LmGenreWords, BlankGenresAreNone) {
    EXPECT_TRUE(GenreWords().empty());
    const std::vector<std::string> blank = {"", "  "};
    EXPECT_TRUE(GenreWords(tokenizer, blank, '\n').empty());
    EXPECT_FALSE(words.empty());
}

}  // namespace
}  // namespace acestep::lm
