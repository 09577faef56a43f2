#include <gtest/gtest.h>

#include "onednn/kernels/kernels.h"
#include "onednn/operations.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

struct Sizes {
    std::int64_t rows, columns, count;
};

Build product(ggml_type type, Sizes sizes) {
    return [=](ggml_context* context) {
        ggml_tensor* weight = ggml_new_tensor_2d(context, type, sizes.columns, sizes.rows);
        ggml_set_name(weight, "weight");
        ggml_tensor* x = ggml_new_tensor_2d(context, GGML_TYPE_F32, sizes.columns, sizes.count);
        return ggml_mul_mat(context, weight, x);
    };
}

/// What ggml computes with the weights' values in f32.
Outcome with_widened_weights(ggml_type type, Sizes sizes) {
    return run_ggml([=](ggml_context* context) {
        ggml_tensor* weight = ggml_new_tensor_2d(context, type, sizes.columns, sizes.rows);
        ggml_tensor* x = ggml_new_tensor_2d(context, GGML_TYPE_F32, sizes.columns, sizes.count);
        return ggml_mul_mat(context, ggml_cast(context, weight, GGML_TYPE_F32),
                            as_multiplied(context, x, type));
    });
}

bool is_computed_here(const Build& build) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    return is_plain_product(build(context.get()));
}

class PlainProductTest : public testing::TestWithParam<ggml_type> {};

TEST_P(PlainProductTest, IsTheProductOfTheValues) {
    for (const Sizes sizes : {Sizes{257, 512, 257}, Sizes{16, 768, 33}, Sizes{1, 1024, 64}}) {
        const Build build = product(GetParam(), sizes);
        ASSERT_TRUE(is_computed_here(build));
        const Outcome here = run_here(build);
        ASSERT_EQ(here.status, GGML_STATUS_SUCCESS);
        expect_near(here.values, with_widened_weights(GetParam(), sizes).values, 1e-5);
    }
}

INSTANTIATE_TEST_SUITE_P(Types, PlainProductTest,
                         testing::Values(GGML_TYPE_F32, GGML_TYPE_BF16, GGML_TYPE_Q8_0,
                                         GGML_TYPE_Q6_K, GGML_TYPE_Q5_K, GGML_TYPE_Q4_K),
                         [](const auto& type) { return std::string(ggml_type_name(type.param)); });

TEST(PlainProduct, OddWidthsAndManyRows) {
    for (const Sizes sizes : {Sizes{3, 37, 7501}, Sizes{65, 129, 385}, Sizes{130, 5, 1000}}) {
        const Build build = product(GGML_TYPE_F32, sizes);
        ASSERT_TRUE(is_computed_here(build));
        expect_near(run_here(build).values, run_ggml(build).values, 1e-5);
    }
}

TEST(PlainProduct, OfFewVectorsTakesWordsWhereTheyAre) {
    if (!best_kernels().words) GTEST_SKIP() << "This processor has no products on words.";
    // Whole and broken groups of rows and of vectors; the last are too many for it.
    for (const Sizes sizes : {Sizes{32, 64, 16}, Sizes{45, 1024, 8}, Sizes{200, 2048, 97},
                              Sizes{129, 96, 33}, Sizes{64, 4096, 128}, Sizes{64, 4096, 129}}) {
        SCOPED_TRACE(testing::Message()
                     << sizes.rows << " x " << sizes.columns << ", " << sizes.count);
        const Build build = product(GGML_TYPE_BF16, sizes);
        ASSERT_TRUE(is_computed_here(build));
        const Outcome one = run_here(build, {.threads = 1});
        expect_near(one.values, with_widened_weights(GGML_TYPE_BF16, sizes).values, 1e-5);
        for (const int threads : {2, 5})
            EXPECT_EQ(run_here(build, {.threads = threads}).values, one.values);
    }
    EXPECT_FALSE(is_computed_here(product(GGML_TYPE_BF16, {64, 1024, 7})));
    EXPECT_FALSE(is_computed_here(product(GGML_TYPE_BF16, {64, 1040, 16})));  // no whole steps
}

TEST(PlainProduct, DoesNotDependOnThreads) {
    const Build build = product(GGML_TYPE_BF16, {300, 520, 401});
    const Outcome one = run_here(build, {.threads = 1});
    EXPECT_EQ(one.values, run_here(build, {.threads = 2}).values);
    EXPECT_EQ(one.values, run_here(build, {.threads = 5}).values);
}

TEST(PlainProduct, BatchesShareWeights) {
    const Build build = [](ggml_context* context) {
        ggml_tensor* weight = ggml_new_tensor_4d(context, GGML_TYPE_F32, 40, 50, 2, 3);
        ggml_tensor* x = ggml_new_tensor_4d(context, GGML_TYPE_F32, 40, 64, 4, 3);
        return ggml_mul_mat(context, weight, x);
    };
    ASSERT_TRUE(is_computed_here(build));
    expect_near(run_here(build).values, run_ggml(build).values, 1e-5);
}

TEST(PlainProduct, ReadsPermutedOperands) {
    const Build build = [](ggml_context* context) {
        ggml_tensor* k = ggml_new_tensor_3d(context, GGML_TYPE_F32, 32, 4, 70);
        ggml_tensor* q = ggml_new_tensor_3d(context, GGML_TYPE_F32, 32, 8, 90);
        return ggml_mul_mat(context, ggml_permute(context, k, 0, 2, 1, 3),
                            ggml_permute(context, q, 0, 2, 1, 3));
    };
    ASSERT_TRUE(is_computed_here(build));
    expect_near(run_here(build).values, run_ggml(build).values, 1e-5);
}

TEST(PlainProduct, ReadsOverlappingRows) {
    const Build build = [](ggml_context* context) {
        ggml_tensor* weight = ggml_new_tensor_2d(context, GGML_TYPE_F32, 3 * 24, 40);
        ggml_tensor* x = ggml_new_tensor_2d(context, GGML_TYPE_F32, 24, 102);
        ggml_tensor* windows = ggml_view_2d(context, x, 24, 100, x->nb[1], 0);
        windows->ne[0] = 3 * 24;
        return ggml_mul_mat(context, weight, windows);
    };
    ASSERT_TRUE(is_computed_here(build));
    expect_near(run_here(build).values, run_ggml(build).values, 1e-5);
}

TEST(PlainProduct, FewVectorsAreLeftToGgml) {
    EXPECT_FALSE(is_computed_here(product(GGML_TYPE_F32, {512, 512, 8})));
    EXPECT_TRUE(is_computed_here(product(GGML_TYPE_F32, {512, 512, 64})));
}

TEST(PlainProduct, EmptyOnesAreLeftToGgml) {
    EXPECT_FALSE(is_computed_here(product(GGML_TYPE_F32, {512, 512, 0})));
}

}  // namespace
}  // namespace acestep::onednn
