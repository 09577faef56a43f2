#include "text/tokenizer.h"

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "support/temporary_directory.h"
#include "text/tokenizer_json.h"
#include "tiny_tokenizer.h"

namespace acestep::text {
namespace {

using Ids = std::vector<TokenId>;

Tokenizer tiny_tokenizer() {
    return Tokenizer::from_json(tiny_tokenizer_json().dump(), "tiny");
}

Ids bytes_of(std::string_view text) {
    Ids ids;
    for (const char c : text) ids.push_back(static_cast<unsigned char>(c));
    return ids;
}

TEST(Tokenizer, EncodingMergesAndAppendsTheSuffix) {
    const Tokenizer tokenizer = tiny_tokenizer();
    EXPECT_EQ(tokenizer.encode("abab a"), (Ids{257, 258, tiny_end_of_text}));
    EXPECT_EQ(tokenizer.encode_plain("abc"), (Ids{256, 'c'}));
    EXPECT_EQ(tokenizer.encode(""), Ids{tiny_end_of_text});
    EXPECT_TRUE(tokenizer.encode_plain("").empty());
}

TEST(Tokenizer, MergesDoNotCrossWords) {
    // The space before the digit is a word of its own, and so is the digit.
    EXPECT_EQ(tiny_tokenizer().encode_plain("ab1ab"), (Ids{256, '1', 256}));
}

TEST(Tokenizer, AddedTokensAreTakenBeforeEverythingElse) {
    const Tokenizer tokenizer = tiny_tokenizer();
    EXPECT_EQ(tokenizer.encode_plain("ab<think>ab"), (Ids{256, 261, 256}));
    EXPECT_EQ(tokenizer.encode_plain("<|code_1|><|code_1|>2<|code_1|>"), (Ids{262, 263, 262}));
    EXPECT_EQ(tokenizer.encode_plain("<|endoftext|>"), Ids{260});
    // Text around a token is split on its own: the spaces before it are the end of their piece.
    EXPECT_EQ(tokenizer.encode_plain("  <think>a"), (Ids{' ', ' ', 261, 'a'}));
}

TEST(Tokenizer, TextIsComposedButNotAcrossAddedTokens) {
    const Tokenizer tokenizer = tiny_tokenizer();
    EXPECT_EQ(tokenizer.encode_plain("e\u0301"), bytes_of("\u00e9"));
    EXPECT_EQ(tokenizer.encode_plain("\u1112\u1161\u11ab"), bytes_of("\ud55c"));
    EXPECT_EQ(tokenizer.encode_plain("e<think>\u0301"), (Ids{'e', 261, 0xCC, 0x81}));
}

TEST(Tokenizer, WithoutANormalizerTextStaysAsItIs) {
    nlohmann::json file = tiny_tokenizer_json();
    file["normalizer"] = nullptr;
    EXPECT_EQ(Tokenizer::from_json(file.dump(), "tiny").encode_plain("e\u0301"),
              bytes_of("e\u0301"));
}

TEST(Tokenizer, BrokenUtf8IsReadAsReplacementCharacters) {
    EXPECT_EQ(tiny_tokenizer().encode_plain("a\xFF"), bytes_of("a\uFFFD"));
}

TEST(Tokenizer, DecodingGivesTheTextBack) {
    const Tokenizer tokenizer = tiny_tokenizer();
    for (const std::string text :
         {"", "abab a", "[Verse 1]\r\n\tLa la~ \u0111\u00eam \ud55c\uae00 \U0001F3B5\u2028 x",
          "<think>a</think><|endoftext|>"})
        EXPECT_EQ(tokenizer.decode(tokenizer.encode_plain(text)), text);
    const std::string zeros("\0a\0", 3);
    EXPECT_EQ(tokenizer.decode(tokenizer.encode_plain(zeros)), zeros);
}

TEST(Tokenizer, DecodingIsAlwaysValidUtf8) {
    const Tokenizer tokenizer = tiny_tokenizer();
    EXPECT_EQ(tokenizer.decode(Ids{0xE2, 0x82, 0xAC}), "\u20AC");
    EXPECT_EQ(tokenizer.decode(Ids{'a', 0xE2, 0x82}), "a\uFFFD");
    EXPECT_EQ(tokenizer.decode(Ids{0xE2, 261}), "\uFFFD<think>");
    EXPECT_EQ(tokenizer.decode(Ids{-1, 'a', 264, 1 << 30}), "a");
}

TEST(Tokenizer, TokensAreFoundByTheirBytes) {
    const Tokenizer tokenizer = tiny_tokenizer();
    EXPECT_EQ(tokenizer.token_id("abab"), 257);
    EXPECT_EQ(tokenizer.token_id(" a"), 258);
    EXPECT_EQ(tokenizer.token_id("\u0120a"), std::nullopt);
    EXPECT_EQ(tokenizer.token_id("<think>"), 261);
    EXPECT_EQ(tokenizer.token_id("\xE2"), 0xE2);
    EXPECT_EQ(tokenizer.token_id(""), std::nullopt);
    for (TokenId id = 0; id < tokenizer.vocabulary_size(); ++id)
        EXPECT_EQ(tokenizer.token_id(tokenizer.token_bytes(id)), id);
    EXPECT_EQ(tokenizer.token_bytes(-1), "");
    EXPECT_EQ(tokenizer.token_bytes(tokenizer.vocabulary_size()), "");
}

TEST(Tokenizer, AnAddedTokenMayBePartOfTheVocabulary) {
    nlohmann::json file = tiny_tokenizer_json();
    file["model"]["vocab"]["<think>"] = 261;
    const auto tokenizer = Tokenizer::from_json(file.dump(), "tiny");
    EXPECT_EQ(tokenizer.token_id("<think>"), 261);
    EXPECT_EQ(tokenizer.encode_plain("<think>"), Ids{261});
}

TEST(Tokenizer, IdsMayHaveGaps) {
    nlohmann::json file = tiny_tokenizer_json();
    file["added_tokens"][3]["id"] = 1000;
    const auto tokenizer = Tokenizer::from_json(file.dump(), "tiny");
    EXPECT_EQ(tokenizer.vocabulary_size(), 1001);
    EXPECT_EQ(tokenizer.token_bytes(999), "");
    EXPECT_EQ(tokenizer.encode_plain("<|code_1|>2"), Ids{1000});
}

TEST(Tokenizer, PartsFromElsewhereGiveTheSameTokenizer) {
    TokenizerParts parts = parse_tokenizer_json(tiny_tokenizer_json().dump(), "tiny");
    const auto tokenizer = Tokenizer::from_parts(parts, "model.gguf");
    EXPECT_EQ(tokenizer.encode("abab<think>"), tiny_tokenizer().encode("abab<think>"));
    parts.tokens[5] = parts.tokens[6];
    try {
        (void)Tokenizer::from_parts(parts, "model.gguf");
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::corrupt_file);
        EXPECT_EQ(error.message(), "model.gguf: tokens 5 and 6 are both \"\\u0106\".");
    }
}

TEST(Tokenizer, LongTextsAndLongWordsAreEncodedWhole) {
    const Tokenizer tokenizer = tiny_tokenizer();
    EXPECT_EQ(tokenizer.encode_plain(std::string(100'000, 'a')), Ids(100'000, 'a'));
    std::string pairs, lines;
    for (int i = 0; i < 50'000; ++i) pairs += "ab";
    EXPECT_EQ(tokenizer.encode_plain(pairs), Ids(25'000, 257));
    while (lines.size() < 100'000) lines += "oh abab, la la\n";
    EXPECT_EQ(tokenizer.decode(tokenizer.encode_plain(lines)), lines);
    const std::string spaces(100'000, ' ');
    EXPECT_EQ(tokenizer.encode_plain(spaces), Ids(100'000, ' '));
}

TEST(Tokenizer, ManyThreadsMayUseOne) {
    const Tokenizer tokenizer = tiny_tokenizer();
    const std::string text = "abab a<think>e\u0301";
    const Ids expected = tokenizer.encode(text);
    std::vector<Ids> results(4);
    std::vector<std::thread> threads;
    for (Ids& result : results)
        threads.emplace_back([&tokenizer, &result, &text] {
            for (int i = 0; i < 100; ++i) result = tokenizer.encode(text);
        });
    for (std::thread& thread : threads) thread.join();
    for (const Ids& result : results) EXPECT_EQ(result, expected);
}

TEST(Tokenizer, ACopyOutlivesTheOriginal) {
    std::optional<Tokenizer> original = tiny_tokenizer();
    const Tokenizer copy = *original;
    original.reset();
    EXPECT_EQ(copy.encode_plain("ab"), Ids{256});
}

TEST(Tokenizer, FilesAreReadByPath) {
    const tests::TemporaryDirectory folder;
    const auto path = folder.path() / "tokenizer.json";
    std::ofstream(path) << tiny_tokenizer_json();
    EXPECT_EQ(Tokenizer::from_file(path).encode_plain("ab"), Ids{256});
}

TEST(Tokenizer, AMissingFileIsNotFoundAndABlankOneIsCorrupt) {
    const tests::TemporaryDirectory folder;
    const auto path = folder.path() / "tokenizer.json";
    const auto code = [&] {
        try {
            (void)Tokenizer::from_file(path);
        } catch (const Error& error) {
            EXPECT_NE(error.message().find(path.string()), std::string::npos) << error.message();
            return error.code();
        }
        return ErrorCode::internal;
    };
    EXPECT_EQ(code(), ErrorCode::not_found);
    std::ofstream(path).close();
    EXPECT_EQ(code(), ErrorCode::corrupt_file);
}

}  // namespace
}  // namespace acestep::text
