// Spellings from the patterns of the specification (lm.md 2.6).
#include "text/yaml_implicit_type.h"

#include <string>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

TEST(YamlImplicitType, OtherTypesAreRecognised) {
    for (const char* text : {"",
                             "~",
                             "<<",
                             "=",
                             "null",
                             "Yes",
                             "NO",
                             "on",
                             "Off",
                             "TRUE",
                             "0",
                             "-1",
                             "+12",
                             "1_000",
                             "017",
                             "08_.5",
                             "0b1_",
                             "0x1F",
                             "12:30",
                             "1:2:3",
                             "-190:20:30",
                             "1.5",
                             "5.",
                             "1_0.5_",
                             ".5",
                             "1.0e+3",
                             "1.5E-7",
                             ".5e+1",
                             "1:30.5",
                             ".inf",
                             "-.INF",
                             ".NaN",
                             "2024-01-31",
                             "2024-1-2 3:04:05",
                             "2024-01-02T03:04:05.678Z",
                             "2024-01-02\t03:04:05 +1:30",
                             "2024-01-02 03:04:05 -5"})
        EXPECT_TRUE(yaml_has_other_type(text)) << text;
}

TEST(YamlImplicitType, StringsThatOnlyComeCloseAreStrings) {
    for (const char* text : {" ",
                             "a",
                             "y",
                             "n",
                             "nO",
                             "tRUE",
                             "nulls",
                             "~~",
                             "+",
                             "-",
                             "_1",
                             "0o7",
                             "08",
                             "+08",
                             "0b",
                             "0b2",
                             "0x",
                             "0xg",
                             "1e3",
                             "1.5e3",
                             "1.e+",
                             "-.5",
                             "+.nan",
                             ".",
                             "._",
                             ".5.",
                             "12:60",
                             "12:",
                             ":30",
                             "1::2",
                             "1:2x",
                             "0:30",
                             "1:234",
                             "1.5 ",
                             ".infx",
                             "2024-1-2",
                             "2024-01-1x",
                             "224-01-02",
                             "2024-01-02 03:04",
                             "2024-01-02 03:04:05 ",
                             "2024-01-02 3:4:05",
                             "2024-01-02 03:04:05 +"})
        EXPECT_FALSE(yaml_has_other_type(text)) << text;
}

TEST(YamlImplicitType, LongTextTakesLinearTime) {
    const std::string digits(10'000'000, '1');
    EXPECT_TRUE(yaml_has_other_type(digits));
    EXPECT_FALSE(yaml_has_other_type(digits + "x"));
}

}  // namespace
}  // namespace acestep::text
