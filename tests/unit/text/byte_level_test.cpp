#include "text/byte_level.h"

#include <string>

#include <gtest/gtest.h>

#include "tiny_tokenizer.h"

namespace acestep::text {
namespace {

TEST(ByteLevel, EveryByteComesBackFromItsSpelling) {
    for (int byte = 0; byte < 256; ++byte)
        EXPECT_EQ(bytes_from_spelling(byte_spelling(byte)),
                  std::string(1, static_cast<char>(byte)));
}

TEST(ByteLevel, SpaceAndNewlineAreSpelledAsInTheQwenVocabulary) {
    EXPECT_EQ(bytes_from_spelling("\u0120the\u010A"), " the\n");
}

TEST(ByteLevel, CharactersOutsideTheAlphabetAreRecognised) {
    for (const char* spelling : {" ", "a\u00AD", "\u0144", "\uFF5C", "\U0001F3B5"})
        EXPECT_EQ(bytes_from_spelling(spelling), std::nullopt) << spelling;
}

}  // namespace
}  // namespace acestep::text
