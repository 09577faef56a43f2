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

}  // namespace
}  // namespace acestep::runtime
