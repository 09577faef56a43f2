#include "runtime/weight_types.h"

#include <gtest/gtest.h>

namespace acestep::runtime {
namespace {

constexpr ggml_type computed = GGML_TYPE_COUNT;

ggml_type matrix(WeightPolicy policy, ggml_type stored, std::int64_t columns) {
    return planned_type(policy, WeightRole::matrix, stored, {8, columns});
}

TEST(PlannedType, OfAMatrixIsThePolicys) {
    EXPECT_EQ(matrix(WeightPolicy::f32, GGML_TYPE_BF16, 512), GGML_TYPE_F32);
    EXPECT_EQ(matrix(WeightPolicy::bf16, GGML_TYPE_F32, 512), GGML_TYPE_BF16);
    EXPECT_EQ(matrix(WeightPolicy::f16, computed, 512), GGML_TYPE_F16);
    EXPECT_EQ(matrix(WeightPolicy::q8_0, GGML_TYPE_BF16, 512), GGML_TYPE_Q8_0);
    EXPECT_EQ(matrix(WeightPolicy::q6_k, GGML_TYPE_BF16, 512), GGML_TYPE_Q6_K);
    EXPECT_EQ(matrix(WeightPolicy::q5_k, GGML_TYPE_F32, 512), GGML_TYPE_Q5_K);
    EXPECT_EQ(matrix(WeightPolicy::q4_k, computed, 512), GGML_TYPE_Q4_K);
}

TEST(PlannedType, FallsBackWhereRowsAreNoWholeBlocks) {
    for (const WeightPolicy policy : {WeightPolicy::q6_k, WeightPolicy::q5_k, WeightPolicy::q4_k}) {
        EXPECT_EQ(matrix(policy, GGML_TYPE_BF16, 192), GGML_TYPE_Q8_0);
        EXPECT_EQ(matrix(policy, GGML_TYPE_BF16, 6), GGML_TYPE_BF16);
    }
    EXPECT_EQ(matrix(WeightPolicy::q8_0, GGML_TYPE_F32, 6), GGML_TYPE_BF16);
}

TEST(PlannedType, KeepsQuantizedMatricesUnlessFewerBitsAreAskedFor) {
    EXPECT_EQ(matrix(WeightPolicy::bf16, GGML_TYPE_Q4_K, 512), GGML_TYPE_Q4_K);
    EXPECT_EQ(matrix(WeightPolicy::q8_0, GGML_TYPE_Q6_K, 512), GGML_TYPE_Q6_K);
    EXPECT_EQ(matrix(WeightPolicy::q8_0, GGML_TYPE_Q8_0, 512), GGML_TYPE_Q8_0);
    EXPECT_EQ(matrix(WeightPolicy::q4_k, GGML_TYPE_Q8_0, 512), GGML_TYPE_Q4_K);
    EXPECT_EQ(matrix(WeightPolicy::q4_k, GGML_TYPE_Q6_K, 512), GGML_TYPE_Q4_K);
    EXPECT_EQ(matrix(WeightPolicy::f32, GGML_TYPE_Q8_0, 512), GGML_TYPE_F32);
    // A type that ggml only makes on the way cannot be kept.
    EXPECT_EQ(matrix(WeightPolicy::bf16, GGML_TYPE_Q8_K, 512), GGML_TYPE_BF16);
}

TEST(PlannedType, OfASensitiveMatrixHas16BitsUnlessItIsStoredWithFewer) {
    const auto sensitive = [](WeightPolicy policy, ggml_type stored) {
        return planned_type(policy, WeightRole::sensitive_matrix, stored, {8, 512});
    };
    for (const WeightPolicy policy :
         {WeightPolicy::bf16, WeightPolicy::q8_0, WeightPolicy::q6_k, WeightPolicy::q4_k}) {
        EXPECT_EQ(sensitive(policy, GGML_TYPE_F32), GGML_TYPE_BF16);
        EXPECT_EQ(sensitive(policy, GGML_TYPE_Q6_K), GGML_TYPE_Q6_K);
    }
    EXPECT_EQ(sensitive(WeightPolicy::f16, GGML_TYPE_BF16), GGML_TYPE_F16);
    EXPECT_EQ(sensitive(WeightPolicy::f32, GGML_TYPE_BF16), GGML_TYPE_F32);
}

TEST(PlannedType, OfWhatIsExactOrATableDoesNotDependOnThePolicy) {
    for (const WeightPolicy policy : {WeightPolicy::bf16, WeightPolicy::q8_0, WeightPolicy::q4_k}) {
        EXPECT_EQ(planned_type(policy, WeightRole::exact, GGML_TYPE_BF16, {512}), GGML_TYPE_F32);
        EXPECT_EQ(planned_type(policy, WeightRole::table, GGML_TYPE_BF16, {8, 512}),
                  GGML_TYPE_BF16);
        EXPECT_EQ(planned_type(policy, WeightRole::table, computed, {8, 512}), GGML_TYPE_F32);
    }
    EXPECT_EQ(planned_type(WeightPolicy::f32, WeightRole::table, GGML_TYPE_BF16, {8, 512}),
              GGML_TYPE_F32);
}

}  // namespace
}  // namespace acestep::runtime
