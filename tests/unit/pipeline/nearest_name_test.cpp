#include "pipeline/request/nearest_name.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "pipeline/request/message_text.h"

namespace acestep::pipeline {
namespace {

constexpr std::array<std::string_view, 3> names{"euler", "heun", "dpm"};

TEST(NearestName, CountsInsertionsDeletionsSubstitutionsAndSwaps) {
    EXPECT_EQ(nearest_name("eulr", names), "euler");
    EXPECT_EQ(nearest_name("huen", names), "heun");
    EXPECT_EQ(nearest_name("dpmm", names), "dpm");
    EXPECT_EQ(nearest_name("DPM", names), "dpm");
}

TEST(NearestName, IsBlankWhenNothingResembles) {
    EXPECT_EQ(nearest_name("quaternion", names), "");
    EXPECT_EQ(nearest_name("", names), "");
    EXPECT_EQ(nearest_name(std::string(1'000'000, 'e'), names), "");
    EXPECT_EQ(nearest_name("euler", {}), "");
}

TEST(NearestName, MakesTheHint) {
    EXPECT_EQ(did_you_mean("eulr", names), "Did you mean \"euler\"?");
    EXPECT_EQ(did_you_mean("quaternion", names), "Known: euler, heun, dpm.");
}

TEST(MessageText, QuotesAnythingInOneShortLine) {
    EXPECT_EQ(in_quotes("a\n\"b\""), "\"a\\n\\\"b\\\"\"");
    EXPECT_EQ(in_quotes("\xFF"), "\"\xEF\xBF\xBD\"");
    EXPECT_EQ(in_quotes(std::string(100, 'x')), "\"" + std::string(60, 'x') + "…\"");
}

TEST(MessageText, WritesNumbersInTheirShortestForm) {
    EXPECT_EQ(plain(600), "600");
    EXPECT_EQ(plain(0.1), "0.1");
    EXPECT_EQ(plain(5.12), "5.12");
}

}  // namespace
}  // namespace acestep::pipeline
