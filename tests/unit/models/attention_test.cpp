// Attention against its definition, computed in double.
#include "models/attention.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include <gtest/gtest.h>

#include "support/golden.h"

namespace acestep::models {
namespace {

constexpr std::int64_t heads = 4, kv_heads = 2, head_dim = 8;

Array random_array(std::vector<std::int64_t> shape, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    Array result(std::move(shape));
    for (float& value : result.values) value = normal(engine);
    return result;
}

using Allowed = std::function<bool(std::int64_t query, std::int64_t key)>;

/// q `[B, S, N, D]`, k and v `[B, S, Nkv, D]` → `[B, S, N·D]`. No allowed key: the mean of all
/// values. Of every `every`th query only, the others stay 0.
Array by_definition(const Array& q, const Array& k, const Array& v, const Allowed& allowed,
                    std::int64_t every) {
    const std::int64_t batch = q.dim(0), length = q.dim(1), keys = k.dim(1);
    Array result({batch, length, heads * head_dim});
    const auto at = [](const Array& x, std::int64_t b, std::int64_t s, std::int64_t n,
                       std::int64_t d) {
        return double(
            x.values[static_cast<std::size_t>(((b * x.dim(1) + s) * x.dim(2) + n) * x.dim(3) + d)]);
    };
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t s = 0; s < length; s += every) {
            for (std::int64_t n = 0; n < heads; ++n) {
                const std::int64_t kv = n / (heads / kv_heads);
                std::vector<double> weights;
                bool any = false;
                for (std::int64_t j = 0; j < keys; ++j) any = any || allowed(s, j);
                double sum = 0;
                for (std::int64_t j = 0; j < keys; ++j) {
                    double score = 0;
                    for (std::int64_t d = 0; d < head_dim; ++d)
                        score += at(q, b, s, n, d) * at(k, b, j, kv, d);
                    const double weight = !any ? 1.0
                                          : allowed(s, j)
                                              ? std::exp(score / std::sqrt(double(head_dim)))
                                              : 0.0;
                    weights.push_back(weight);
                    sum += weight;
                }
                for (std::int64_t d = 0; d < head_dim; ++d) {
                    double value = 0;
                    for (std::int64_t j = 0; j < keys; ++j) {
                        value += weights[static_cast<std::size_t>(j)] / sum * at(v, b, j, kv, d);
                    }
                    result.values[static_cast<std::size_t>((b * length + s) * heads * head_dim +
                                                           n * head_dim + d)] =
                        static_cast<float>(value);
                }
            }
        }
    }
    return result;
}

using Build =
    std::function<ggml_tensor*(runtime::Graph&, ggml_tensor*, ggml_tensor*, ggml_tensor*)>;

/// Zeroes where by_definition has them.
Array only_every(Array rows, std::int64_t every) {
    const std::int64_t length = rows.dim(1), width = rows.dim(2);
    for (std::int64_t row = 0; row < rows.dim(0) * length; ++row)
        if (row % length % every != 0) std::fill_n(&rows.values[static_cast<std::size_t>(row * width)], width, 0.0f);
    return rows;
}

void expect_definition(std::int64_t batch, std::int64_t length, const Build& build,
                       const Allowed& allowed, std::int64_t every = 1) {
    const Array q = random_array({batch, length, heads, head_dim}, 1);
    const Array k = random_array({batch, length, kv_heads, head_dim}, 2);
    const Array v = random_array({batch, length, kv_heads, head_dim}, 3);
    const auto cpu = runtime::Device::cpu(1);
    runtime::Graph graph(*cpu, "a test");
    ggml_tensor* tq = graph.input(GGML_TYPE_F32, q.shape);
    ggml_tensor* tk = graph.input(GGML_TYPE_F32, k.shape);
    ggml_tensor* tv = graph.input(GGML_TYPE_F32, v.shape);
    ggml_tensor* y = graph.output(build(graph, tq, tk, tv));
    graph.allocate();
    graph.set(tq, q.values);
    graph.set(tk, k.values);
    graph.set(tv, v.values);
    graph.run();
    const Array got = graph.get(y, {batch, length, heads * head_dim});
    EXPECT_TRUE(
        tests::close_to(only_every(got, every), by_definition(q, k, v, allowed, every), 1e-5))
        << "length " << length << ", batch " << batch;
}

TEST(FullAttention, IsItsDefinition) {
    for (const std::int64_t length : {1, 2, 63, 130}) {
        expect_definition(2, length, full_attention, [](auto, auto) { return true; });
    }
}

TEST(FullAttention, IsTheSameInSeveralOperations) {
    constexpr std::int64_t length = 2100, every = 37;  // more scores than one operation has
    expect_definition(
        1, length, full_attention, [](auto, auto) { return true; }, every);
}

TEST(WindowedAttention, SeesTheWindowAndNothingElseAtAnyLength) {
    // Below, at and above the window; whole blocks and one more or less; several items.
    for (const std::int64_t window : {1, 8, 16}) {
        for (const std::int64_t length : {1, 8, 9, 16, 17, 18, 31, 32, 33, 48, 65, 100}) {
            for (const std::int64_t batch : {1, 3}) {
                expect_definition(
                    batch, length,
                    [&](runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v) {
                        return windowed_attention(graph, q, k, v, window);
                    },
                    [&](std::int64_t i, std::int64_t j) { return std::abs(i - j) <= window; });
            }
        }
    }
}

TEST(CausalAttention, SeesNoLaterKey) {
    for (const std::int64_t length : {1, 7, 64, 90}) {
        expect_definition(1, length, causal_attention,
                          [](std::int64_t i, std::int64_t j) { return j <= i; });
    }
}

TEST(AttentionWeights, AreThePartOfTheSoftmaxThatIsAskedFor) {
    constexpr std::int64_t queries = 5, keys = 9, first = 2, count = 4, head = 3;
    const Array q = random_array({1, queries, heads, head_dim}, 1);
    const Array k = random_array({1, keys, kv_heads, head_dim}, 2);
    const auto cpu = runtime::Device::cpu(1);
    runtime::Graph graph(*cpu, "a test");
    ggml_tensor* tq = graph.input(GGML_TYPE_F32, q.shape);
    ggml_tensor* tk = graph.input(GGML_TYPE_F32, k.shape);
    ggml_tensor* y = graph.output(attention_weights(graph, tq, tk, head, first, count));
    graph.allocate();
    graph.set(tq, q.values);
    graph.set(tk, k.values);
    graph.run();

    Array expected({count, queries});
    for (std::int64_t s = 0; s < queries; ++s) {
        std::vector<double> raised;
        double sum = 0;
        for (std::int64_t j = 0; j < keys; ++j) {
            double score = 0;
            for (std::int64_t d = 0; d < head_dim; ++d)
                score += double(q.values[static_cast<std::size_t>((s * heads + head) * head_dim + d)]) *
                         k.values[static_cast<std::size_t>((j * kv_heads + 1) * head_dim + d)];
            raised.push_back(std::exp(score / std::sqrt(double(head_dim))));
            sum += raised.back();
        }
        for (std::int64_t j = 0; j < count; ++j)
            expected.slice(j)[static_cast<std::size_t>(s)] =
                static_cast<float>(raised[static_cast<std::size_t>(first + j)] / sum);
    }
    EXPECT_TRUE(tests::close_to(graph.get(y, {count, queries}), expected, 1e-5));
}

TEST(MaskedAttention, AveragesAllValuesWhereNoKeyIsAllowed) {
    constexpr std::int64_t length = 40, valid = 10, window = 4;
    KeyPadding padding{std::vector<bool>(length, false)};
    std::fill_n(padding.valid.begin(), valid, true);
    expect_definition(
        1, length,
        [&](runtime::Graph& graph, ggml_tensor* q, ggml_tensor* k, ggml_tensor* v) {
            return masked_attention(graph, q, k, v, padding, window);
        },
        [&](std::int64_t i, std::int64_t j) { return j < valid && std::abs(i - j) <= window; });
}

}  // namespace
}  // namespace acestep::models
