#include "onednn/convolutions/residual_unit.h"

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "onednn/backend.h"
#include "onednn/convolutions/snake.h"
#include "onednn/products/product.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

struct Shape {
    std::int64_t length, channels, dilation;
    ggml_type type = GGML_TYPE_F16;
};

ResidualUnitNode node_of(ggml_context* context, const Shape& shape) {
    const std::int64_t channels = shape.channels;
    const auto row = [&] { return ggml_new_tensor_1d(context, GGML_TYPE_F32, channels); };
    ResidualUnitNode node;
    node.x = ggml_new_tensor_2d(context, GGML_TYPE_F32, channels, shape.length);
    node.snake1 = {row(), row()};
    node.snake2 = {row(), row()};
    node.wide = ggml_new_tensor_2d(context, shape.type, 7 * channels, channels);
    node.wide_bias = row();
    node.dilation = shape.dilation;
    node.narrow = ggml_new_tensor_2d(context, shape.type, channels, channels);
    node.narrow_bias = row();
    return node;
}

Build as_one(const Shape& shape) {
    return [=](ggml_context* context) { return residual_unit(context, node_of(context, shape)); };
}

Build in_steps(const Shape& shape) {
    return [=](ggml_context* context) {
        const ResidualUnitNode node = node_of(context, shape);
        ggml_tensor* y = snake(context, node.x, node.snake1.alpha, node.snake1.inverse_beta);
        y = convolution(context, {.x = y,
                                  .weight = node.wide,
                                  .kernel = 7,
                                  .padding = 3 * node.dilation,
                                  .dilation = node.dilation,
                                  .bias = node.wide_bias,
                                  .alpha = node.snake2.alpha,
                                  .inverse_beta = node.snake2.inverse_beta});
        return convolution(
            context, {.x = y, .weight = node.narrow, .bias = node.narrow_bias, .residual = node.x});
    };
}

TEST(ResidualUnit, IsItsStepsWithAnyNumberOfThreads) {
    for (const ggml_type type : {GGML_TYPE_F32, GGML_TYPE_F16, GGML_TYPE_BF16}) {
        for (const Shape& shape : {Shape{756, 16, 1, type}, Shape{757, 33, 3, type},
                                   Shape{1200, 24, 9, type}, Shape{1000, 256, 1, type}}) {
            SCOPED_TRACE(testing::Message() << ggml_type_name(type) << ", " << shape.length << " x "
                                            << shape.channels << ", " << shape.dilation);
            const auto right = run_here(in_steps(shape)).values;
            const Outcome one = run_here(as_one(shape), {.threads = 1});
            ASSERT_EQ(one.status, GGML_STATUS_SUCCESS);
            // What a block adds up is what a whole convolution does, in the same order.
            expect_near(one.values, right, 1e-6);
            for (const int threads : {2, 5})
                EXPECT_EQ(run_here(as_one(shape), {.threads = threads}).values, one.values);
        }
    }
}

TEST(ResidualUnit, ComputesOnGgmlsBackendToo) {
    const Shape shape{800, 16, 3};
    EXPECT_EQ(run_ggml(as_one(shape), {.threads = 2}).values, run_here(as_one(shape)).values);
}

TEST(ResidualUnit, GainsWithFewChannelsAndManyFrames) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    const auto gains = [&](const Shape& shape) {
        return gains_as_one(node_of(context.get(), shape));
    };
    EXPECT_TRUE(gains({10000, 128, 9}));
    EXPECT_FALSE(gains({100, 128, 1}));
    EXPECT_FALSE(gains({10000, 1024, 1}));
}

TEST(ResidualUnit, RefusesOtherShapes) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    ResidualUnitNode node = node_of(context.get(), {900, 16, 1});
    node.narrow = ggml_new_tensor_2d(context.get(), GGML_TYPE_F16, 16, 17);
    EXPECT_THROW(residual_unit(context.get(), node), Error);
    node = node_of(context.get(), {900, 16, 1});
    node.wide_bias = ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, 15);
    EXPECT_THROW(residual_unit(context.get(), node), Error);
}

TEST(ResidualUnit, PlansItsWorkSpace) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    ggml_cgraph* graph = ggml_new_graph(context.get());
    ggml_build_forward_expand(graph, as_one({5000, 128, 9})(context.get()));
    const ggml_backend_ptr one = new_backend(1), two = new_backend(2);
    const std::size_t frames = (378 + 54 + 378) * 128 * sizeof(float);
    EXPECT_EQ(scratch_bytes(two.get(), graph),
              scratch_bytes(one.get(), graph) + frames + thread_scratch_bytes);
}

}  // namespace
}  // namespace acestep::onednn
