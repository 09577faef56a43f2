// What an error is expected to say.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::tests {

/// Succeeds when `call` throws an Error of that code whose text contains `words`.
template <typename Call>
::testing::AssertionResult fails_with(ErrorCode code, const std::string& words, Call call) {
    try {
        call();
    } catch (const Error& error) {
        if (error.code() != code || std::string(error.what()).find(words) == std::string::npos) {
            return ::testing::AssertionFailure()
                   << name(error.code()) << ": " << error.what() << "; wanted " << name(code)
                   << " with \"" << words << "\"";
        }
        return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure() << "nothing was thrown; wanted " << name(code);
}

}  // namespace acestep::tests
