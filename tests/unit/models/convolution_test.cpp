// Convolutions against their definition, from weights in every form a file may have them.
#include "models/convolution.h"

#include <cmath>
#include <functional>
#include <random>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "support/checkpoint_writer.h"
#include "support/golden.h"
#include "support/temporary_directory.h"

namespace acestep::models {
namespace {

std::vector<float> random_values(std::int64_t count, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    std::vector<float> result(static_cast<std::size_t>(count));
    for (float& value : result) value = normal(engine);
    return result;
}

/// x `[L, in]`, weight [out, in, K] → `[L', out]`
Array by_definition(const Array& x, const Array& weight, const std::vector<float>& bias,
                    const ConvolutionShape& shape) {
    const std::int64_t span = shape.dilation * (shape.kernel - 1) + 1;
    const std::int64_t length = (x.dim(0) + 2 * shape.padding - span) / shape.stride + 1;
    Array result({length, shape.out});
    for (std::int64_t l = 0; l < length; ++l) {
        for (std::int64_t o = 0; o < shape.out; ++o) {
            double sum = bias[static_cast<std::size_t>(o)];
            for (std::int64_t k = 0; k < shape.kernel; ++k) {
                const std::int64_t row = l * shape.stride - shape.padding + k * shape.dilation;
                if (row < 0 || row >= x.dim(0)) continue;
                for (std::int64_t c = 0; c < shape.in; ++c) {
                    sum += double(x.slice(row)[static_cast<std::size_t>(c)]) *
                           weight.values[static_cast<std::size_t>(
                               (o * shape.in + c) * shape.kernel + k)];
                }
            }
            result.slice(l)[static_cast<std::size_t>(o)] = static_cast<float>(sum);
        }
    }
    return result;
}

/// y[s·i + k − p] += x[i] · W[c, o, k]
Array transposed_by_definition(const Array& x, const Array& weight, const std::vector<float>& bias,
                               std::int64_t out, std::int64_t stride) {
    const std::int64_t in = x.dim(1), kernel = 2 * stride, padding = (stride + 1) / 2;
    const std::int64_t length = (x.dim(0) - 1) * stride - 2 * padding + kernel;
    Array result({length, out});
    for (std::int64_t l = 0; l < length; ++l) {
        for (std::int64_t o = 0; o < out; ++o) {
            result.slice(l)[static_cast<std::size_t>(o)] = bias[static_cast<std::size_t>(o)];
        }
    }
    for (std::int64_t i = 0; i < x.dim(0); ++i) {
        for (std::int64_t k = 0; k < kernel; ++k) {
            const std::int64_t row = stride * i + k - padding;
            if (row < 0 || row >= length) continue;
            for (std::int64_t o = 0; o < out; ++o) {
                for (std::int64_t c = 0; c < in; ++c) {
                    result.slice(row)[static_cast<std::size_t>(o)] +=
                        x.slice(i)[static_cast<std::size_t>(c)] *
                        weight.values[static_cast<std::size_t>((c * out + o) * kernel + k)];
                }
            }
        }
    }
    return result;
}

/// With our kernels, with ggml's alone, and as on a device with memory of its own.
enum class Kind { own, ggml, simulated };

std::unique_ptr<runtime::Device> device_of(Kind kind) {
    if (kind == Kind::simulated) return runtime::Device::simulated("a device", 1, 0);
    return runtime::Device::cpu(
        1, 0, kind == Kind::own ? runtime::ProcessorKernels::own : runtime::ProcessorKernels::ggml);
}

class ConvolutionLayer : public ::testing::TestWithParam<Kind> {
protected:
    checkpoint::Checkpoint open(const std::vector<tests::StoredTensor>& tensors) {
        const auto path = folder_.path() / "weights.safetensors";
        tests::write_safetensors(path, tensors);
        return checkpoint::Checkpoint::open(path);
    }

    template <typename Declared>
    Array run(const Declared& convolution, runtime::WeightSet& weights, const Array& x,
              std::int64_t out) {
        return run(weights, x, out, [&](runtime::Graph& graph, ggml_tensor* input) {
            return apply(graph, convolution, input);
        });
    }

    Array run(runtime::WeightSet& weights, const Array& x, std::int64_t out,
              const std::function<ggml_tensor*(runtime::Graph&, ggml_tensor*)>& build) {
        weights.load(*device_);
        runtime::Graph graph(*device_, "a test");
        ggml_tensor* input = graph.input(GGML_TYPE_F32, x.shape);
        ggml_tensor* y = graph.output(build(graph, input));
        graph.allocate();
        graph.set(input, x.values);
        graph.run();
        return graph.get(y, {y->ne[1], out});
    }

    tests::TemporaryDirectory folder_;
    std::unique_ptr<runtime::Device> device_ = device_of(GetParam());
};

TEST_P(ConvolutionLayer, IsItsDefinitionForEveryStrideDilationAndLength) {
    std::vector<ConvolutionShape> shapes;
    shapes.push_back({3, 2, 7, 1, 3, 1});
    shapes.push_back({2, 3, 1, 1, 0, 1});
    shapes.push_back({4, 2, 7, 1, 9, 3});
    shapes.push_back({2, 2, 7, 1, 27, 9});
    shapes.push_back({3, 2, 4, 2, 1, 1});
    shapes.push_back({3, 2, 12, 6, 3, 1});
    for (const ConvolutionShape& shape : shapes) {
        const Array weight({shape.out, shape.in, shape.kernel},
                           random_values(shape.out * shape.in * shape.kernel, 1));
        const std::vector<float> bias = random_values(shape.out, 2);
        const auto checkpoint = open({tests::f32_tensor("c.weight", weight.shape, weight.values),
                                      tests::f32_tensor("c.bias", {shape.out}, bias)});
        for (const std::int64_t length : {12, 13, 25, 60}) {
            runtime::WeightSet weights("a test", checkpoint, runtime::WeightPolicy::f32);
            const Convolution convolution = declare_convolution(weights, "c", shape);
            const Array x({length, shape.in}, random_values(length * shape.in, 3));
            EXPECT_TRUE(tests::close_to(run(convolution, weights, x, shape.out),
                                        by_definition(x, weight, bias, shape), 1e-5))
                << "kernel " << shape.kernel << ", stride " << shape.stride << ", dilation "
                << shape.dilation << ", length " << length;
        }
    }
}

TEST_P(ConvolutionLayer, TransposedIsItsDefinitionForEvenAndOddStrides) {
    for (const std::int64_t stride : {1, 2, 3, 4, 6, 10}) {
        constexpr std::int64_t in = 3, out = 2;
        const Array weight({in, out, 2 * stride}, random_values(in * out * 2 * stride, 1));
        const std::vector<float> bias = random_values(out, 2);
        const auto checkpoint = open({tests::f32_tensor("c.weight", weight.shape, weight.values),
                                      tests::f32_tensor("c.bias", {out}, bias)});
        for (const std::int64_t length : {2, 5, 9}) {
            runtime::WeightSet weights("a test", checkpoint, runtime::WeightPolicy::f32);
            const auto convolution = declare_transposed_convolution(weights, "c", in, out, stride);
            const Array x({length, in}, random_values(length * in, 3));
            EXPECT_TRUE(tests::close_to(run(convolution, weights, x, out),
                                        transposed_by_definition(x, weight, bias, out, stride),
                                        1e-5))
                << "stride " << stride << ", length " << length;
        }
    }
}

TEST_P(ConvolutionLayer, FinishesWithSnakeThenResidual) {
    constexpr std::int64_t channels = 5, length = 20;
    ConvolutionShape shape{channels, channels, 7};
    shape.padding = 3;
    const Array weight({channels, channels, 7}, random_values(channels * channels * 7, 1));
    const auto bias = random_values(channels, 2), alpha = random_values(channels, 4),
               beta = random_values(channels, 5);
    const auto checkpoint = open({tests::f32_tensor("c.weight", weight.shape, weight.values),
                                  tests::f32_tensor("c.bias", {channels}, bias),
                                  tests::f32_tensor("s.alpha", {1, channels, 1}, alpha),
                                  tests::f32_tensor("s.beta", {1, channels, 1}, beta)});
    runtime::WeightSet weights("a test", checkpoint, runtime::WeightPolicy::f32);
    const Convolution convolution = declare_convolution(weights, "c", shape);
    const Snake snake = declare_snake(weights, "s", channels);
    const Array x({length, channels}, random_values(length * channels, 3));
    const Array found = run(weights, x, channels, [&](runtime::Graph& graph, ggml_tensor* input) {
        ggml_tensor* waved = apply(graph, snake, input);
        return apply(graph, convolution, waved, {.snake = &snake, .residual = input});
    });
    const auto snake_of = [&](Array values) {
        for (std::size_t i = 0; i < values.values.size(); ++i) {
            const std::size_t c = i % channels;
            float& value = values.values[i];
            const float wave = std::sin(std::exp(alpha[c]) * value);
            value += wave * wave / (std::exp(beta[c]) + 1e-9f);
        }
        return values;
    };
    Array expected = snake_of(by_definition(snake_of(x), weight, bias, shape));
    for (std::size_t i = 0; i < x.values.size(); ++i) expected.values[i] += x.values[i];
    EXPECT_TRUE(tests::close_to(found, expected, 1e-5));
}

TEST_P(ConvolutionLayer, FoldsNormedWeightsUnderBothNames) {
    const Array direction({2, 1, 2}, {3, 4, 6, 8});  // norms 5 and 10
    const std::vector<float> magnitude{10, 5};
    const Array folded({2, 1, 2}, {6, 8, 3, 4});
    const std::vector<float> bias{0, 0};
    ConvolutionShape shape{2, 1, 2};
    const Array x({3, 1}, {1, 2, 3});
    for (const auto& [g, v] :
         {std::pair<std::string, std::string>{"c.weight_g", "c.weight_v"},
          {"c.parametrizations.weight.original0", "c.parametrizations.weight.original1"}}) {
        const auto checkpoint = open({tests::f32_tensor(g, {2, 1, 1}, magnitude),
                                      tests::f32_tensor(v, {2, 1, 2}, direction.values),
                                      tests::f32_tensor("c.bias", {2}, bias)});
        runtime::WeightSet weights("a test", checkpoint, runtime::WeightPolicy::f32);
        const Convolution convolution = declare_convolution(weights, "c", shape);
        EXPECT_TRUE(tests::close_to(run(convolution, weights, x, 2),
                                    by_definition(x, folded, bias, shape), 1e-6));
    }
}

TEST_P(ConvolutionLayer, IsRefusedWhenItsWeightIsMissingInEveryForm) {
    const auto checkpoint = open({tests::f32_tensor("c.bias", {2}, {0, 0})});
    runtime::WeightSet weights("a test", checkpoint, runtime::WeightPolicy::f32);
    EXPECT_THROW(declare_convolution(weights, "c", {2, 1, 2}), Error);
}

INSTANTIATE_TEST_SUITE_P(Kernels, ConvolutionLayer,
                         testing::Values(Kind::own, Kind::ggml, Kind::simulated),
                         [](const testing::TestParamInfo<Kind>& kind) {
                             switch (kind.param) {
                                 case Kind::own: return "Own";
                                 case Kind::ggml: return "Ggml";
                                 default: return "Simulated";
                             }
                         });

}  // namespace
}  // namespace acestep::models
