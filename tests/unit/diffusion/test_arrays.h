// Arrays and expectations that the tests of diffusion share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "base/array.h"
#include "diffusion/cpu_generator.h"

namespace acestep::diffusion::tests {

inline Array normal_array(std::vector<std::int64_t> shape, std::uint64_t seed) {
    Array array(std::move(shape));
    CpuGenerator(seed).normal(array.values);
    return array;
}

/// Infinite when a difference is not a number.
inline double largest_difference(const Array& a, const Array& b) {
    EXPECT_EQ(a.shape, b.shape);
    double largest = 0;
    for (std::size_t k = 0; k < a.values.size(); ++k) {
        const double difference = std::abs(double(a.values[k]) - double(b.values[k]));
        if (std::isnan(difference)) return std::numeric_limits<double>::infinity();
        largest = std::max(largest, difference);
    }
    return largest;
}

/// Expects Error{invalid_request} whose text has every one of the words.
inline void expect_invalid(const std::function<void()>& action,
                           const std::vector<std::string>& words) {
    try {
        action();
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_request) << error.what();
        for (const std::string& word : words)
            EXPECT_THAT(error.message(), testing::HasSubstr(word));
    }
}

inline void expect_internal(const std::function<void()>& action, const std::string& words) {
    try {
        action();
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::internal) << error.what();
        EXPECT_THAT(error.message(), testing::HasSubstr(words));
    }
}

}  // namespace acestep::diffusion::tests
