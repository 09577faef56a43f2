#include "text/python_number.h"

#include <limits>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "text/unicode.h"

namespace acestep::text {
namespace {

TEST(PythonNumber, DigitsOfEveryScriptHaveTheirValue) {
    for (const char32_t zero :
         {U'0', U'\u0660', U'\u0966', U'\uFF10', U'\U0001D7CE', U'\U0001D7F6'})
        for (int value = 0; value < 10; ++value)
            EXPECT_EQ(decimal_digit(zero + static_cast<char32_t>(value)), value);
}

TEST(PythonNumber, SuperscriptsLettersAndNeighboursAreNoDigits) {
    for (const char32_t c : {U'/', U':', U'a', U'\u00b2', U'\u2460', U'\u4e00', U'\u0bf0', U'\0'})
        EXPECT_FALSE(decimal_digit(c)) << static_cast<unsigned>(c);
}

TEST(PythonNumber, LeadingDigitsEndAtTheFirstOtherCharacter) {
    const LeadingDigits digits = leading_digits("1\uff12\u0663x4");
    EXPECT_EQ(digits.ascii, "123");
    EXPECT_EQ(digits.bytes, 1U + 3U + 2U);
    EXPECT_EQ(leading_digits("").bytes, 0U);
    EXPECT_EQ(leading_digits("\xEF\xBC").bytes, 0U);
}

TEST(PythonNumber, IntegersAreReadAsIntDoes) {
    EXPECT_EQ(parse_python_integer("120"), 120);
    EXPECT_EQ(parse_python_integer("+90"), 90);
    EXPECT_EQ(parse_python_integer("-5"), -5);
    EXPECT_EQ(parse_python_integer("007"), 7);
    EXPECT_EQ(parse_python_integer("1_20"), 120);
    EXPECT_EQ(parse_python_integer("-0"), 0);
    EXPECT_EQ(parse_python_integer("\uff11\uff12\uff10"), 120);
}

TEST(PythonNumber, WhatIntRefusesIsNothing) {
    for (const char* text : {"", "+", "-", "_1", "1_", "1__0", "+-1", "--1", "1.0", "1e3", "0x10",
                             "fast", "12 bpm", "1\u00b2", "\u22121"})
        EXPECT_FALSE(parse_python_integer(text)) << text;
}

TEST(PythonNumber, NumbersBeyond64BitsAreNothing) {
    EXPECT_EQ(parse_python_integer("9223372036854775807"),
              std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse_python_integer("-9223372036854775808"),
              std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(parse_python_integer("9223372036854775808"));
    EXPECT_FALSE(parse_python_integer(std::string(100'000, '9')));
}

}  // namespace
}  // namespace acestep::text
