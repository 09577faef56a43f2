// Expected texts follow from the rules of the specification (lm.md 2.6); many more are golden.
#include "text/yaml_scalar.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace acestep::text {
namespace {

constexpr std::size_t column = 9;  // behind "caption: "

std::string yaml(std::string_view text) {
    return yaml_string(text, column);
}

TEST(YamlScalar, OrdinaryWordsArePlain) {
    for (const std::string text : {"warm jazz", "F# minor", "6/8", "it's", "a:b", "x#y", "-item",
                                   "\u4e2d\u6587", "\U0001f3a7 x", "two  spaces", "y", "1e3"})
        EXPECT_EQ(yaml(text), text);
}

TEST(YamlScalar, AmbiguousWordsAreQuoted) {
    for (const std::string text : {"", "no", "12:30", " x", "x ", "a: b", "end:", "x # y", "#y",
                                   "- x", "-", "?", "? q", ": c", "--- x", "...", "[a]", "@a"})
        EXPECT_EQ(yaml(text), "'" + text + "'");
    EXPECT_EQ(yaml("it's: so"), "'it''s: so'");
}

TEST(YamlScalar, ControlCharactersAreEscaped) {
    using namespace std::string_literals;
    EXPECT_EQ(yaml("a\tb"), R"("a\tb")");
    EXPECT_EQ(yaml("\0\a\x1b\x7f"s), R"("\0\a\e\x7F")");
    EXPECT_EQ(yaml("\ufeff\"\\"), R"("\uFEFF\"\\")");
    EXPECT_EQ(yaml("a \nb"), R"("a \nb")");
    EXPECT_EQ(yaml("\t\U0001f3a7\u00e9"), R"("\t\U0001F3A7é")");
}

TEST(YamlScalar, LineFeedsAreDoubledBetweenQuotes) {
    EXPECT_EQ(yaml("a\nb"), "'a\n\n  b'");
    EXPECT_EQ(yaml("a\n\nb"), "'a\n\n\n  b'");
    EXPECT_EQ(yaml("a\u2028b"), "'a\u2028  b'");
}

TEST(YamlScalar, ALineBreaksAtTheFirstSpaceBehindColumn80) {
    const std::string to_80(80 - column, 'x'), to_81(81 - column, 'x');
    EXPECT_EQ(yaml(to_80 + " b c"), to_80 + " b\n  c");
    EXPECT_EQ(yaml(to_81 + " b c"), to_81 + "\n  b c");
    EXPECT_EQ(yaml(to_81 + "  b"), to_81 + "  b");
}

TEST(YamlScalar, ColumnsAreCountedInCodePoints) {
    std::string to_80, to_81;
    for (std::size_t i = column; i < 80; ++i) to_80 += "\u97f3";
    to_81 = to_80 + "\u97f3";
    EXPECT_EQ(yaml(to_80 + " b"), to_80 + " b");
    EXPECT_EQ(yaml(to_81 + " b"), to_81 + "\n  b");
}

TEST(YamlScalar, QuotesCountAndLastSpacesNeverBreak) {
    const std::string to_80 = ": " + std::string(80 - column - 3, 'x');
    EXPECT_EQ(yaml(to_80 + " b"), "'" + to_80 + " b'");
    EXPECT_EQ(yaml(to_80 + "x b"), "'" + to_80 + "x\n  b'");
    EXPECT_EQ(yaml(to_80 + "x "), "'" + to_80 + "x '");
}

TEST(YamlScalar, BreaksBetweenDoubleQuotesAreHiddenByBackslashes) {
    const std::string to_81 = "\t" + std::string(81 - column - 3, 'x');
    EXPECT_EQ(yaml(to_81 + " b"), "\"\\t" + to_81.substr(1) + "\\\n  \\ b\"");
}

TEST(YamlScalar, AnEscapeMayReachColumn81) {
    const std::string to_79(79 - column - 1, 'x');
    EXPECT_EQ(yaml(to_79 + "\t\ty"), "\"" + to_79 + "\\t\\t\\\n  y\"");
    EXPECT_EQ(yaml(to_79 + "x\t\ty"), "\"" + to_79 + "x\\t\\\n  \\ty\"");
}

TEST(YamlScalar, BrokenUtf8IsReplaced) {
    EXPECT_EQ(yaml("a\xFF"), "a\ufffd");
    EXPECT_EQ(yaml("\xF0\x9F"), "\ufffd");
}

TEST(YamlScalar, FloatsHaveAPoint) {
    EXPECT_EQ(yaml_float(120.5), "120.5");
    EXPECT_EQ(yaml_float(30), "30.0");
    EXPECT_EQ(yaml_float(-0.0), "-0.0");
    EXPECT_EQ(yaml_float(1e17), "1.0e+17");
    EXPECT_EQ(yaml_float(1.5e-7), "1.5e-07");
    EXPECT_EQ(yaml_float(std::numeric_limits<double>::infinity()), ".inf");
    EXPECT_EQ(yaml_float(-std::numeric_limits<double>::infinity()), "-.inf");
    EXPECT_EQ(yaml_float(std::numeric_limits<double>::quiet_NaN()), ".nan");
}

}  // namespace
}  // namespace acestep::text
