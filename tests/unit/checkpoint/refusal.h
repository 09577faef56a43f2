// What a reader says when it refuses something.
#pragma once

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::tests {

/// Message and hint of the Error that `action` throws; a failure when it throws none, or another
/// code. A message is one line whatever the file holds.
template <typename Action>
std::string refusal(ErrorCode code, Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(name(error.code()), name(code)) << error.what();
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
        return error.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
}

}  // namespace acestep::tests
