#include "runtime/speeds.h"

#include <gtest/gtest.h>

#include "onednn/convolutions/convolution.h"
#include "runtime/tensor_set.h"

namespace acestep::runtime {
namespace {

class SpeedsTest : public testing::Test {
protected:
    ggml_tensor* tensor(ggml_type type, std::int64_t columns, std::int64_t rows) {
        return ggml_new_tensor_2d(context_.get(), type, columns, rows);
    }

    ggml_context_ptr context_ = description_context(64);
};

TEST_F(SpeedsTest, AProductTakesTheSlowerOfArithmeticAndTraffic) {
    const ggml_tensor& y =
        *ggml_mul_mat(context_.get(), tensor(GGML_TYPE_F16, 64, 32), tensor(GGML_TYPE_F32, 64, 10));
    const double flops = 2 * 64 * 32 * 10, bytes = 64 * 32 * 2 + 64 * 10 * 4 + 32 * 10 * 4;
    Speeds speeds{.products = {{GGML_TYPE_F32, 1}, {GGML_TYPE_F16, flops / 8}},
                  .memory = bytes / 4};
    const Work found = work(y, speeds);
    EXPECT_DOUBLE_EQ(found.flops, flops);
    EXPECT_DOUBLE_EQ(found.bytes, bytes);
    EXPECT_DOUBLE_EQ(found.seconds, 8);
    speeds.memory = bytes / 16;
    EXPECT_DOUBLE_EQ(work(y, speeds).seconds, 16);
    speeds.launch = 20;
    EXPECT_DOUBLE_EQ(work(y, speeds).seconds, 20);
}

TEST_F(SpeedsTest, AConvolutionGoesByTheTypeOfItsWeights) {
    ggml_tensor* weight = tensor(GGML_TYPE_F16, 7 * 16, 24);
    const ggml_tensor& y = *onednn::convolution(
        context_.get(),
        {.x = tensor(GGML_TYPE_F32, 16, 50), .weight = weight, .kernel = 7, .padding = 3});
    const double flops = 2.0 * 24 * 50 * 7 * 16;
    const Speeds speeds{.products = {{GGML_TYPE_F32, 1}, {GGML_TYPE_F16, flops / 3}}};
    EXPECT_DOUBLE_EQ(work(y, speeds).flops, flops);
    EXPECT_DOUBLE_EQ(work(y, speeds).seconds, 3);
}

TEST_F(SpeedsTest, ALongConvolutionIsFasterThanAProductOfItsSize) {
    const auto seconds = [&](std::int64_t frames, ggml_type type) {
        const onednn::ConvolutionNode node{.x = tensor(GGML_TYPE_F32, 16, frames),
                                           .weight = tensor(type, 7 * 16, 16),
                                           .kernel = 7,
                                           .padding = 3};
        const Speeds speeds{.products = {{GGML_TYPE_F32, 1e9}}};
        const Work found = work(*onednn::convolution(context_.get(), node), speeds);
        return found.seconds / found.flops * 1e9;
    };
    EXPECT_DOUBLE_EQ(seconds(1000, GGML_TYPE_F32), 1);
    EXPECT_DOUBLE_EQ(seconds(10, GGML_TYPE_F16), 1);
    EXPECT_LT(seconds(1000, GGML_TYPE_F16), 0.5);
}

TEST_F(SpeedsTest, ViewsTakeNothingAndLookedUpTablesOnlyTheirRows) {
    ggml_tensor* table = tensor(GGML_TYPE_F32, 8, 1000);
    const Speeds speeds{.memory = 1, .launch = 5};
    EXPECT_EQ(work(*ggml_reshape_2d(context_.get(), table, 16, 500), speeds).seconds, 0);
    ggml_tensor* rows = ggml_new_tensor_1d(context_.get(), GGML_TYPE_I32, 3);
    const ggml_tensor& found = *ggml_get_rows(context_.get(), table, rows);
    EXPECT_DOUBLE_EQ(work(found, speeds).bytes, 2 * 3 * 8 * 4 + 3 * 4);
}

TEST_F(SpeedsTest, OfAGraphAreThoseOfItsOperations) {
    ggml_tensor* x = tensor(GGML_TYPE_F32, 64, 10);
    ggml_tensor* y = ggml_mul_mat(context_.get(), tensor(GGML_TYPE_F32, 64, 64), x);
    ggml_tensor* z = ggml_add(context_.get(), y, x);
    const ggml_context_ptr graph_context(
        ggml_init({.mem_size = 2 * ggml_graph_overhead(), .mem_buffer = {}, .no_alloc = true}));
    ggml_cgraph* graph = ggml_new_graph(graph_context.get());
    ggml_build_forward_expand(graph, z);
    const Speeds speeds{.products = {{GGML_TYPE_F32, 1e9}}, .memory = 1e9, .launch = 1e-6};
    Work sum = work(*y, speeds);
    sum += work(*z, speeds);
    const Work all = work(graph, speeds);
    EXPECT_DOUBLE_EQ(all.flops, sum.flops);
    EXPECT_DOUBLE_EQ(all.bytes, sum.bytes);
    EXPECT_DOUBLE_EQ(all.seconds, sum.seconds);
    sum -= all;
    EXPECT_DOUBLE_EQ(sum.seconds, 0);
}

}  // namespace
}  // namespace acestep::runtime
