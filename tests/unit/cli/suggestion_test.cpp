#include "cli/flags/suggestion.h"

#include <gtest/gtest.h>

namespace acestep::cli {
namespace {

const std::vector<std::string> flags{"--caption", "--duration", "--seed"};

TEST(CliSuggestion, IsTheWordThatIsNearest) {
    EXPECT_EQ(nearest("--captoin", flags), "--caption");
    EXPECT_EQ(nearest("--sed", flags), "--seed");
    EXPECT_EQ(nearest("--durations", flags), "--duration");
}

TEST(CliSuggestion, IsBlankWhenNothingIsNear) {
    EXPECT_EQ(nearest("--xyzzy", flags), "");
    EXPECT_EQ(nearest("", flags), "");
    EXPECT_EQ(nearest("generate", {}), "");
    EXPECT_EQ(nearest(std::string(100'000, 'a'), flags), "");
}

}  // namespace
}  // namespace acestep::cli
