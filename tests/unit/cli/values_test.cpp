#include "cli/flags/values.h"

#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::cli {
namespace {

TEST(CliValues, NumberIsTheWholeText) {
    EXPECT_EQ(to_number("12"), 12);
    EXPECT_EQ(to_number("-0.5"), -0.5);
    EXPECT_EQ(to_number("1e3"), 1000);
    for (const char* const text :
         {"", " 3", "3 ", "3x", "0x10", "nan", "inf", "-inf", "1e999", "1,5"})
        EXPECT_EQ(to_number(text), std::nullopt) << text;
}

TEST(CliValues, IntegerIsDecimal) {
    EXPECT_EQ(to_integer("010"), 10);
    EXPECT_EQ(to_integer("-3"), -3);
    EXPECT_EQ(to_integer("9223372036854775807"), 9223372036854775807);
    for (const char* const text : {"", "8.0", "1e3", "9223372036854775808", "0x8"})
        EXPECT_EQ(to_integer(text), std::nullopt) << text;
}

TEST(CliValues, ErrorNamesTheFlagAndTheValue) {
    try {
        number("--bpm", "fast");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        EXPECT_NE(error.message().find("--bpm is \"fast\""), std::string::npos);
    }
}

TEST(CliValues, IntegerHasARange) {
    EXPECT_EQ(integer("--steps", "200", 1, 200), 200);
    EXPECT_THROW(integer("--steps", "0", 1, 200), Error);
    EXPECT_THROW(integer("--steps", "201", 1, 200), Error);
    EXPECT_THROW(integer("--steps", "99999999999", 1, 200), Error);
}

TEST(CliValues, BooleanIsAWord) {
    for (const char* const yes : {"true", "on", "yes", "1"}) EXPECT_TRUE(boolean("--a", yes));
    for (const char* const no : {"false", "off", "no", "0"}) EXPECT_FALSE(boolean("--a", no));
    for (const char* const text : {"", "True", "2", "maybe"})
        EXPECT_THROW(boolean("--a", text), Error) << text;
}

TEST(CliValues, ListsAreSeparatedByCommas) {
    EXPECT_EQ(numbers("--timesteps", "1,0.5,0"), (std::vector<double>{1, 0.5, 0}));
    EXPECT_THROW(numbers("--timesteps", "1,,0"), Error);
    EXPECT_THROW(numbers("--timesteps", ""), Error);
    EXPECT_EQ(seeds("--seed", "7,-1,9"), (std::vector<std::int64_t>{7, -1, 9}));
    EXPECT_THROW(seeds("--seed", "-2"), Error);
    EXPECT_THROW(seeds("--seed", "1,"), Error);
    EXPECT_THROW(seeds("--seed", "1.5"), Error);
}

}  // namespace
}  // namespace acestep::cli
