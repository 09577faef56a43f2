#include "onednn/convolutions/winograd.h"

#include <gtest/gtest.h>

#include "onednn/backend.h"
#include "onednn/convolutions/convolution.h"
#include "onednn/graph_run.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

using Rowset = std::vector<std::vector<float>>;

Rowset random_rows(int rows, std::int64_t count, std::uint32_t seed) {
    Rowset result;
    for (int r = 0; r < rows; ++r)
        result.push_back(random_floats(static_cast<std::size_t>(count), seed + 100u * r));
    return result;
}

Rowset transformed(void (*transform)(const RowTransform&), const Rowset& from, int rows) {
    const std::size_t count = from[0].size();
    Rowset result(static_cast<std::size_t>(rows), std::vector<float>(count));
    std::vector<const float*> sources;
    std::vector<float*> targets;
    for (const auto& row : from) sources.push_back(row.data());
    for (auto& row : result) targets.push_back(row.data());
    transform(
        {.from = sources.data(), .to = targets.data(), .count = static_cast<std::int64_t>(count)});
    return result;
}

class WinogradKernelsTest : public testing::TestWithParam<InstructionSet> {
protected:
    void SetUp() override {
        if (!supported(GetParam())) GTEST_SKIP() << "This processor lacks the instructions.";
    }

    /// Every channel is filtered by taps of its own.
    static void expect_filters(const WinogradKernels& kernels) {
        for (const std::int64_t channels : {1, 16, 37}) {
            const Rowset taps = random_rows(kernels.taps, channels, 1);
            const Rowset frames = random_rows(kernels.points(), channels, 2);
            Rowset products = transformed(kernels.transform_taps, taps, kernels.points());
            const Rowset values = transformed(kernels.transform_frames, frames, kernels.points());
            for (std::size_t point = 0; point < products.size(); ++point)
                for (std::size_t c = 0; c < products[point].size(); ++c)
                    products[point][c] *= values[point][c];
            const Rowset results = transformed(kernels.transform_sums, products, kernels.results);
            for (int m = 0; m < kernels.results; ++m) {
                for (std::int64_t c = 0; c < channels; ++c) {
                    double sum = 0;
                    for (int k = 0; k < kernels.taps; ++k)
                        sum += double(taps[k][c]) * frames[m + k][c];
                    ASSERT_NEAR(results[m][c], sum, 3e-5) << m << ", channel " << c;
                }
            }
        }
    }
};

TEST_P(WinogradKernelsTest, TransformsFilterWithSevenTaps) {
    expect_filters(kernels_for(GetParam()).seven_taps);
}

TEST_P(WinogradKernelsTest, TransformsFilterWithTwoTaps) {
    expect_filters(kernels_for(GetParam()).two_taps);
}

INSTANTIATE_TEST_SUITE_P(Sets, WinogradKernelsTest, testing::ValuesIn(all_instruction_sets));

struct Filter {
    std::int64_t length, in, out, taps;
    std::int64_t padding = 0, dilation = 1;
    ggml_type type = GGML_TYPE_F16;
    bool finished = false;
};

ConvolutionNode node_of(ggml_context* context, const Filter& filter, ggml_tensor* weight) {
    ConvolutionNode node;
    node.x = ggml_new_tensor_2d(context, GGML_TYPE_F32, filter.in, filter.length);
    node.weight = weight;
    node.kernel = filter.taps;
    node.padding = filter.padding;
    node.dilation = filter.dilation;
    if (filter.finished)
        add_finish(context, node,
                   filter.length + 2 * filter.padding - filter.dilation * (filter.taps - 1));
    return node;
}

/// `direct`: by weights of f32, which are never transformed. (On words those of bf16 are not
/// either.)
Build build_of(const Filter& filter, bool direct) {
    return [=](ggml_context* context) {
        ggml_tensor* weight =
            ggml_new_tensor_2d(context, filter.type, filter.taps * filter.in, filter.out);
        if (direct) weight = ggml_cast(context, weight, GGML_TYPE_F32);
        ConvolutionNode node = node_of(context, filter, weight);
        if (direct) node.x = as_multiplied(context, node.x, filter.type);
        return convolution(context, node);
    };
}

class WinogradTest : public testing::TestWithParam<Filter> {};

TEST_P(WinogradTest, IsTheConvolutionWithAnyNumberOfThreads) {
    const auto right = run_here(build_of(GetParam(), true)).values;
    const Outcome one = run_here(build_of(GetParam(), false), {.threads = 1});
    ASSERT_EQ(one.status, GGML_STATUS_SUCCESS);
    // Of words 16 bits of a number count, and the transforms lose some of them.
    expect_near(one.values, right, best_kernels().words ? 4e-4 : 5e-5);
    EXPECT_NE(one.values, right) << "both were computed directly";
    for (const int threads : {2, 5})
        EXPECT_EQ(run_here(build_of(GetParam(), false), {.threads = threads}).values, one.values);
}

// Tiles that end early, panels and channels with a rest, more than one block of tiles, more than
// one step of channels, more panels than are transformed at a time.
INSTANTIATE_TEST_SUITE_P(Shapes, WinogradTest,
                         testing::Values(Filter{96, 16, 16, 7, 3}, Filter{257, 24, 40, 7, 3},
                                         Filter{300, 33, 129, 7, 9, 3, GGML_TYPE_BF16},
                                         Filter{1001, 20, 17, 7, 27, 9, GGML_TYPE_F16, true},
                                         Filter{400, 300, 48, 7, 0, 1, GGML_TYPE_BF16, true},
                                         Filter{500, 64, 300, 7, 3, 1, GGML_TYPE_F16, true},
                                         Filter{399, 192, 200, 2, 1, 1, GGML_TYPE_F16, true},
                                         Filter{384, 2048, 400, 2, 1}));

TEST(Winograd, SuitsLargeConvolutionsBySixteenBitWeights) {
    Product product;
    product.matrix = {.type = GGML_TYPE_F16, .rows = 64};
    product.rows = {.count = 200, .length = 200, .channels = 64, .taps = 7, .padding = 3};
    EXPECT_TRUE(suits_winograd(product));
    const auto unsuited = [&](auto change) {
        Product other = product;
        change(other);
        return !suits_winograd(other);
    };
    EXPECT_TRUE(unsuited([](Product& p) { p.matrix.type = GGML_TYPE_F32; }));
    EXPECT_TRUE(unsuited([](Product& p) { p.matrix.type = GGML_TYPE_Q8_0; }));
    EXPECT_TRUE(unsuited([](Product& p) { p.matrix.rows = 2; }));
    EXPECT_TRUE(unsuited([](Product& p) { p.rows.stride = 2; }));
    EXPECT_TRUE(unsuited([](Product& p) { p.rows.taps = 5; }));
    EXPECT_TRUE(unsuited([](Product& p) { p.rows.count = 20; }));
}

TEST(Winograd, TransformedWeightsArePlannedAndBounded) {
    const auto bytes = [](std::int64_t channels) {
        const ggml_context_ptr context(
            ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
        ggml_cgraph* graph = ggml_new_graph(context.get());
        ggml_build_forward_expand(graph,
                                  build_of({1000, channels, channels, 7, 3}, false)(context.get()));
        return scratch_bytes(new_backend(2).get(), graph) - 2 * thread_scratch_bytes;
    };
    EXPECT_EQ(bytes(64), std::size_t{12} * 64 * 64 * sizeof(float));
    EXPECT_GT(bytes(2048), std::size_t{12} << 20);
    EXPECT_LE(bytes(2048), std::size_t{16} << 20);
}

}  // namespace
}  // namespace acestep::onednn
