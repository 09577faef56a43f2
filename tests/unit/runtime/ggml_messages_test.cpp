#include "runtime/ggml_messages.h"

#include <string>

#include <ggml-cpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/graph.h"
#include "runtime/tensor_set.h"

namespace acestep::runtime {
namespace {

using testing::HasSubstr;

/// What two matrices that do not fit make ggml say.
std::string failure() {
    take_over_messages();
    const ggml_context_ptr context = description_context(8);
    try {
        ggml_mul_mat(context.get(), ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, 3, 4),
                     ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, 5, 6));
    } catch (const GgmlFailure& error) {
        return error.what();
    }
    return {};
}

TEST(GgmlMessages, GivingUpIsThrownAndNotTheEndOfTheProcess) {
    EXPECT_THAT(failure(), HasSubstr("ggml_can_mul_mat"));
    EXPECT_THAT(failure(), HasSubstr("ggml_can_mul_mat")) << "and may happen again";
}

TEST(GgmlMessages, WhatWentWellIsNoReasonForAFailure) {
    EXPECT_FALSE(tells_of_failure(GGML_LOG_LEVEL_INFO,
                                  "load_backend: loaded CUDA backend from /x/libggml-cuda.so"));
    EXPECT_FALSE(tells_of_failure(GGML_LOG_LEVEL_INFO, "ggml_cuda_init: found 0 CUDA devices"));
    EXPECT_FALSE(tells_of_failure(GGML_LOG_LEVEL_DEBUG, "failed to load"));
    EXPECT_TRUE(tells_of_failure(GGML_LOG_LEVEL_ERROR,
                                 "ggml_cuda_init: failed to initialize CUDA: no device"));
    EXPECT_TRUE(tells_of_failure(GGML_LOG_LEVEL_WARN, "the driver is too old"));
    EXPECT_TRUE(tells_of_failure(GGML_LOG_LEVEL_INFO,
                                 "load_backend: backend /x/b.so is not supported on this system"));
}

}  // namespace
}  // namespace acestep::runtime
