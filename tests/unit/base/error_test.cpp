#include "acestep/error.h"

#include <gtest/gtest.h>

namespace acestep {
namespace {

TEST(Error, JoinsMessageAndHintInOneLine) {
    const Error error(ErrorCode::not_found, "There is no file \"a\".", "Check the path.");
    EXPECT_STREQ(error.what(), "There is no file \"a\". Check the path.");
    EXPECT_EQ(error.message(), "There is no file \"a\".");
    EXPECT_EQ(error.hint(), "Check the path.");
}

TEST(Error, HasNoTrailingBlankWithoutHint) {
    EXPECT_STREQ(Error(ErrorCode::internal, "Broken.").what(), "Broken.");
}

TEST(ErrorCodeName, IsTheOneInTheDocuments) {
    EXPECT_EQ(name(ErrorCode::invalid_request), "invalid_request");
    EXPECT_EQ(name(ErrorCode::out_of_memory), "out_of_memory");
    EXPECT_EQ(name(ErrorCode::cancelled), "cancelled");
}

}  // namespace
}  // namespace acestep
