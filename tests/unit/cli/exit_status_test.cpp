#include "cli/exit_status.h"

#include <gtest/gtest.h>

namespace acestep::cli {
namespace {

TEST(CliExitStatus, IsTwoForWhatTheUserCanCorrect) {
    for (const ErrorCode code : {ErrorCode::invalid_request, ErrorCode::not_found,
                                 ErrorCode::corrupt_file, ErrorCode::unsupported})
        EXPECT_EQ(exit_status(code), 2) << name(code);
}

TEST(CliExitStatus, IsOneForWhatTheMachineCannotDoNow) {
    for (const ErrorCode code :
         {ErrorCode::out_of_memory, ErrorCode::unavailable, ErrorCode::internal})
        EXPECT_EQ(exit_status(code), 1) << name(code);
}

TEST(CliExitStatus, OfCancellingIsThatOfAnInterruptedShellCommand) {
    EXPECT_EQ(exit_status(ErrorCode::cancelled), 130);
}

}  // namespace
}  // namespace acestep::cli
