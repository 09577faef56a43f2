#include "text/byte_pair_encoder.h"

#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

// The tokens of the bytes are the bytes' numbers.
BytePairEncoder byte_encoder() {
    std::array<TokenId, 256> tokens{};
    std::iota(tokens.begin(), tokens.end(), 0);
    return BytePairEncoder(tokens);
}

std::vector<TokenId> encode(const BytePairEncoder& encoder, std::string_view word) {
    std::vector<TokenId> ids;
    encoder.encode(word, ids);
    return ids;
}

TEST(BytePairEncoder, WithoutMergesAWordIsItsBytes) {
    EXPECT_EQ(encode(byte_encoder(), "a\xFF"), (std::vector<TokenId>{'a', 255}));
    EXPECT_TRUE(encode(byte_encoder(), "").empty());
}

TEST(BytePairEncoder, TheLowestRankGoesFirstWhereverItStands) {
    BytePairEncoder encoder = byte_encoder();
    encoder.add_merge('a', 'b', 1, 300);
    encoder.add_merge('b', 'c', 0, 301);
    EXPECT_EQ(encode(encoder, "abc"), (std::vector<TokenId>{'a', 301}));
}

TEST(BytePairEncoder, AmongEqualRanksTheLeftmostGoesFirst) {
    BytePairEncoder encoder = byte_encoder();
    encoder.add_merge('a', 'a', 0, 300);
    EXPECT_EQ(encode(encoder, "aaaaa"), (std::vector<TokenId>{300, 300, 'a'}));
}

TEST(BytePairEncoder, MergedPartsAreMergedFurther) {
    BytePairEncoder encoder = byte_encoder();
    encoder.add_merge('a', 'b', 0, 300);
    encoder.add_merge(300, 'c', 1, 301);
    encoder.add_merge('x', 301, 2, 302);
    EXPECT_EQ(encode(encoder, "xabcab"), (std::vector<TokenId>{302, 300}));
}

TEST(BytePairEncoder, APairThatLostItsLeftPartIsForgotten) {
    BytePairEncoder encoder = byte_encoder();
    encoder.add_merge('a', 'b', 0, 300);
    encoder.add_merge('b', 'c', 1, 301);
    encoder.add_merge('d', 'e', 2, 302);
    encoder.add_merge('c', 302, 3, 303);
    EXPECT_EQ(encode(encoder, "abcde"), (std::vector<TokenId>{300, 303}));
}

TEST(BytePairEncoder, APairThatLostItsRightPartIsForgotten) {
    BytePairEncoder encoder = byte_encoder();
    encoder.add_merge('b', 'c', 0, 301);
    encoder.add_merge('a', 'b', 1, 300);
    encoder.add_merge('a', 301, 2, 302);
    EXPECT_EQ(encode(encoder, "abc"), std::vector<TokenId>{302});
}

TEST(BytePairEncoder, AWordOfHundredThousandBytesIsMergedInPairsOfPairs) {
    BytePairEncoder encoder = byte_encoder();
    encoder.add_merge('a', 'a', 0, 300);
    encoder.add_merge(300, 300, 1, 301);
    const std::vector<TokenId> ids = encode(encoder, std::string(100'000, 'a'));
    EXPECT_EQ(ids, std::vector<TokenId>(25'000, 301));
}

}  // namespace
}  // namespace acestep::text
