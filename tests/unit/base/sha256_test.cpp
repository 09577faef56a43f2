#include "base/sha256.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace acestep {
namespace {

void add(Sha256& hash, std::string_view text) {
    hash.add(std::as_bytes(std::span(text)));
}

std::string hex(const std::string& bytes) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

std::string hash_of(std::string_view text) {
    Sha256 hash;
    add(hash, text);
    return hex(hash.finish());
}

// The examples of FIPS 180-4 and NIST's test vectors.
TEST(Sha256Test, GivesThePublishedHashes) {
    EXPECT_EQ(hash_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hash_of(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, DoesNotDependOnThePieces) {
    const std::string text(300, 'x');
    for (const std::size_t piece : {1u, 55u, 63u, 64u, 65u, 128u}) {
        Sha256 hash;
        for (std::size_t at = 0; at < text.size(); at += piece)
            add(hash, std::string_view(text).substr(at, piece));
        EXPECT_EQ(hex(hash.finish()), hash_of(text)) << piece;
    }
}

}  // namespace
}  // namespace acestep
