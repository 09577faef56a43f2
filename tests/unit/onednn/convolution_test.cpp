#include "onednn/convolutions/convolution.h"

#include <cmath>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "onednn/operations.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

struct Case {
    std::int64_t length, in, out, kernel;
    std::int64_t stride = 1, padding = 0, dilation = 1;
    bool finished = false;
};

std::int64_t length_of(const Case& c) {
    return (c.length + 2 * c.padding - c.dilation * (c.kernel - 1) - 1) / c.stride + 1;
}

ConvolutionNode node_of(ggml_context* context, const Case& c) {
    ConvolutionNode node;
    node.x = ggml_new_tensor_2d(context, GGML_TYPE_F32, c.in, c.length);
    node.weight = ggml_new_tensor_2d(context, GGML_TYPE_F32, c.kernel * c.in, c.out);
    node.kernel = c.kernel;
    node.stride = c.stride;
    node.padding = c.padding;
    node.dilation = c.dilation;
    if (c.finished) add_finish(context, node, length_of(c));
    return node;
}

Build build_of(const Case& c) {
    return [=](ggml_context* context) { return convolution(context, node_of(context, c)); };
}

/// The definition, in double, with the numbers that `run_here` gives to the leaves in order.
std::vector<float> expected(const Case& c) {
    const auto x = random_floats(c.length * c.in, 1);
    const auto weight = random_floats(c.out * c.kernel * c.in, 2);
    const auto bias = random_floats(c.out, 3), alpha = random_floats(c.out, 4);
    const auto beta = random_floats(c.out, 5);
    const auto residual = random_floats(length_of(c) * c.out, 6);
    std::vector<float> result;
    for (std::int64_t m = 0; m < length_of(c); ++m) {
        for (std::int64_t o = 0; o < c.out; ++o) {
            double sum = 0;
            for (std::int64_t k = 0; k < c.kernel; ++k) {
                const std::int64_t frame = m * c.stride + k * c.dilation - c.padding;
                if (frame < 0 || frame >= c.length) continue;
                for (std::int64_t i = 0; i < c.in; ++i)
                    sum += double(weight[(o * c.kernel + k) * c.in + i]) * x[frame * c.in + i];
            }
            if (c.finished) {
                sum += bias[o];
                const double wave = std::sin(alpha[o] * sum);
                sum += wave * wave * beta[o] + residual[m * c.out + o];
            }
            result.push_back(static_cast<float>(sum));
        }
    }
    return result;
}

class ConvolutionTest : public testing::TestWithParam<Case> {};

TEST_P(ConvolutionTest, IsItsDefinition) {
    const auto right = expected(GetParam());
    for (const int threads : {1, 2, 5}) {
        const Outcome here = run_here(build_of(GetParam()), {.threads = threads});
        ASSERT_EQ(here.status, GGML_STATUS_SUCCESS);
        expect_near(here.values, right, 1e-5);
    }
}

TEST_P(ConvolutionTest, IsTheSameOnGgmlsBackend) {
    EXPECT_EQ(run_ggml(build_of(GetParam()), {.threads = 2}).values,
              run_here(build_of(GetParam())).values);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ConvolutionTest,
    testing::Values(Case{1, 8, 16, 1}, Case{1, 4, 4, 7, 1, 3}, Case{257, 24, 40, 7, 1, 3},
                    Case{100, 16, 33, 7, 1, 9, 3}, Case{301, 12, 20, 7, 1, 27, 9},
                    Case{130, 10, 18, 20, 10, 5}, Case{64, 40, 7, 3, 2, 0, 2},
                    Case{7501, 3, 2, 7, 1, 3}, Case{257, 24, 40, 7, 1, 3, 1, true},
                    Case{500, 64, 64, 1, 1, 0, 1, true}, Case{90, 5, 3, 5, 2, 4, 2, true}));

TEST(Convolution, ReadsWeightsOfAnyType) {
    const auto with = [](ggml_type type, bool widened) {
        return [=](ggml_context* context) {
            ConvolutionNode node = node_of(context, {200, 32, 24, 3, 1, 1});
            node.weight = ggml_new_tensor_2d(context, type, 96, 24);
            if (widened) {
                node.x = as_multiplied(context, node.x, type);
                node.weight = ggml_cast(context, node.weight, GGML_TYPE_F32);
            }
            return convolution(context, node);
        };
    };
    for (const ggml_type type : {GGML_TYPE_F16, GGML_TYPE_BF16, GGML_TYPE_Q8_0})
        expect_near(run_here(with(type, false)).values, run_here(with(type, true)).values, 1e-5);
}

/// By weights of 16 bits, finished or not, as by the same weights in f32.
void expect_same_in_f32(const Case& c, ggml_type type) {
    const auto with = [&](bool widened) {
        return [=](ggml_context* context) {
            ConvolutionNode node = node_of(context, c);
            ggml_tensor* weight = ggml_new_tensor_2d(context, type, c.kernel * c.in, c.out);
            if (widened) node.x = as_multiplied(context, node.x, type);
            node.weight = widened ? ggml_cast(context, weight, GGML_TYPE_F32) : weight;
            return convolution(context, node);
        };
    };
    const auto right = run_here(with(true)).values;
    const Outcome one = run_here(with(false), {.threads = 1});
    ASSERT_EQ(one.status, GGML_STATUS_SUCCESS);
    expect_near(one.values, right, 2e-5);
    for (const int threads : {2, 5})
        EXPECT_EQ(run_here(with(false), {.threads = threads}).values, one.values);
}

TEST(Convolution, BySixteenBitWeightsOfOddShapes) {
    for (const ggml_type type : {GGML_TYPE_F16, GGML_TYPE_BF16}) {
        for (const Case& c :
             {Case{1, 7, 5, 1}, Case{257, 33, 35, 5, 1, 2}, Case{300, 40, 64, 3, 1, 27, 9, true},
              Case{1500, 320, 70, 1}, Case{257, 24, 40, 20, 10, 5, 1, true},
              Case{90, 65, 3, 5, 2, 4, 2}, Case{120, 2048, 33, 3, 1, 1, 1, true},
              Case{700, 128, 300, 3, 1, 1},
              // To a few channels, also of fewer frames than taps; a result larger than caches.
              Case{1300, 128, 2, 7, 1, 3}, Case{600, 40, 4, 7, 1, 9, 3, true},
              Case{5, 33, 2, 7, 1, 3}, Case{530, 64, 3, 3, 1, 4, 1},
              Case{16500, 128, 256, 2, 1, 1}}) {
            SCOPED_TRACE(testing::Message() << ggml_type_name(type) << ", " << c.in << " to "
                                            << c.out << ", kernel " << c.kernel);
            expect_same_in_f32(c, type);
        }
    }
}

TEST(Convolution, ResidualMayBeItsOwnSource) {
    // x + convolution(x), as in a residual unit.
    const auto with = [](bool fused) {
        return [=](ggml_context* context) {
            ConvolutionNode node = node_of(context, {120, 16, 16, 3, 1, 1});
            if (fused) {
                node.residual = node.x;
                return convolution(context, node);
            }
            return ggml_add(context, convolution(context, node), node.x);
        };
    };
    expect_near(run_here(with(true)).values, run_here(with(false)).values, 1e-6);
}

TEST(Convolution, RefusesWhatDoesNotFit) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    const auto refused = [&](const ConvolutionNode& node) {
        EXPECT_THROW(convolution(context.get(), node), Error);
    };
    const Case fits{20, 8, 4, 3};
    EXPECT_NO_THROW(convolution(context.get(), node_of(context.get(), fits)));
    refused(node_of(context.get(), {0, 8, 4, 3, 1, 3}));
    refused(node_of(context.get(), {2, 8, 4, 3}));
    ConvolutionNode node = node_of(context.get(), fits);
    node.kernel = 4;
    refused(node);
    node = node_of(context.get(), fits);
    node.bias = ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, 5);
    refused(node);
    node = node_of(context.get(), fits);
    node.alpha = ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, 4);
    refused(node);
    node = node_of(context.get(), fits);
    node.residual = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, 4, 20);
    refused(node);
}

TEST(Convolution, OtherCustomOperationsAreNotTakenForIt) {
    const Build build = [](ggml_context* context) {
        ggml_tensor* x = ggml_new_tensor_2d(context, GGML_TYPE_F32, 8, 16);
        const auto twice = [](ggml_tensor* result, int thread, int, void*) {
            if (thread != 0) return;
            const auto* from = static_cast<const float*>(result->src[0]->data);
            for (std::int64_t i = 0; i < ggml_nelements(result); ++i)
                static_cast<float*>(result->data)[i] = 2 * from[i];
        };
        return ggml_custom_4d(context, GGML_TYPE_F32, 8, 16, 1, 1, &x, 1, twice, 1, nullptr);
    };
    auto doubled = random_floats(8 * 16, 1);
    for (float& value : doubled) value *= 2;
    EXPECT_EQ(run_here(build).values, doubled);
}

}  // namespace
}  // namespace acestep::onednn
