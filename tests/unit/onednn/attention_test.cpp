#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "onednn/operations.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

constexpr float hidden = -std::numeric_limits<float>::infinity();

struct Case {
    std::int64_t queries, keys, heads, key_heads, width;
    std::int64_t items = 1;
    bool masked = false;
    ggml_type type = GGML_TYPE_F32;
};

Build build_of(const Case& c) {
    return [=](ggml_context* context) {
        const auto leaf = [&](ggml_type type, std::int64_t heads, std::int64_t length) {
            return ggml_permute(context,
                                ggml_new_tensor_4d(context, type, c.width, heads, length, c.items),
                                0, 2, 1, 3);
        };
        ggml_tensor* q = leaf(GGML_TYPE_F32, c.heads, c.queries);
        ggml_tensor* k = leaf(c.type, c.key_heads, c.keys);
        ggml_tensor* v = leaf(c.type, c.key_heads, c.keys);
        ggml_tensor* mask = nullptr;
        if (c.masked) {
            mask = ggml_new_tensor_2d(context, GGML_TYPE_F16, c.keys, c.queries);
            ggml_set_name(mask, "mask");
        }
        const float scale = 1.0f / std::sqrt(static_cast<float>(c.width));
        ggml_tensor* y = ggml_flash_attn_ext(context, q, k, v, mask, scale, 0, 0);
        ggml_flash_attn_ext_set_prec(y, GGML_PREC_F32);
        return y;
    };
}

/// The definition in double, with the numbers that `run_here` gives to the leaves in order.
std::vector<float> expected(const Case& c, const std::vector<float>& mask) {
    const auto q = random_floats(c.items * c.queries * c.heads * c.width, 1);
    const auto k = random_floats(c.items * c.keys * c.key_heads * c.width, 2);
    const auto v = random_floats(c.items * c.keys * c.key_heads * c.width, 3);
    std::vector<float> result;
    for (std::int64_t i = 0; i < c.items * c.queries * c.heads; ++i) {
        const std::int64_t query = i / c.heads, item = query / c.queries;
        const std::int64_t key_head = i % c.heads / (c.heads / c.key_heads);
        const auto row = [&](const std::vector<float>& x, std::int64_t key) {
            return x.data() + ((item * c.keys + key) * c.key_heads + key_head) * c.width;
        };
        std::vector<double> sums(static_cast<std::size_t>(c.width), 0.0);
        double total = 0;
        for (std::int64_t key = 0; key < c.keys; ++key) {
            double score = 0;
            for (std::int64_t d = 0; d < c.width; ++d)
                score += double(q[i * c.width + d]) * row(k, key)[d];
            score /= std::sqrt(double(c.width));
            if (!mask.empty()) score += mask[query % c.queries * c.keys + key];
            const double weight = std::exp(score);  // small enough without their maximum
            total += weight;
            for (std::int64_t d = 0; d < c.width; ++d) sums[d] += weight * row(v, key)[d];
        }
        for (const double sum : sums)
            result.push_back(static_cast<float>(total > 0 ? sum / total : 0));
    }
    return result;
}

std::vector<float> mask_of(const Case& c, const std::function<bool(int, int)>& sees) {
    std::vector<float> mask;
    for (int query = 0; query < c.queries; ++query)
        for (int key = 0; key < c.keys; ++key) mask.push_back(sees(query, key) ? 0 : hidden);
    return mask;
}

/// What rounding keys and values, and on some processors all that is multiplied, to such a type
/// may lose.
double tolerance_of(ggml_type type) {
    switch (type) {
        case GGML_TYPE_F16: return 1e-3;
        case GGML_TYPE_BF16: return 1e-2;
        default: return 1e-5;
    }
}

void expect_right_in_type(const Case& c, const std::vector<float>& mask) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    ASSERT_TRUE(is_attention(build_of(c)(context.get())));
    RunSettings settings;
    if (!mask.empty()) settings.given["mask"] = mask;
    const auto right = expected(c, mask);
    for (const int threads : {1, 2, 5}) {
        settings.threads = threads;
        const Outcome here = run_here(build_of(c), settings);
        ASSERT_EQ(here.status, GGML_STATUS_SUCCESS);
        expect_near(here.values, right, tolerance_of(c.type));
    }
}

void expect_right(Case c, const std::vector<float>& mask = {}) {
    for (const ggml_type type : {GGML_TYPE_F32, GGML_TYPE_F16, GGML_TYPE_BF16}) {
        SCOPED_TRACE(ggml_type_name(type));
        c.type = type;
        expect_right_in_type(c, mask);
    }
}

TEST(Attention, SeesAllKeys) {
    expect_right({.queries = 257, .keys = 301, .heads = 4, .key_heads = 2, .width = 64});
    expect_right({.queries = 5, .keys = 1, .heads = 2, .key_heads = 2, .width = 16});
    expect_right({.queries = 30, .keys = 193, .heads = 6, .key_heads = 1, .width = 40});
    expect_right({.queries = 300, .keys = 27, .heads = 2, .key_heads = 1, .width = 33});
}

TEST(Attention, KeepsItemsApart) {
    expect_right({.queries = 50, .keys = 70, .heads = 4, .key_heads = 4, .width = 32, .items = 3});
}

TEST(Attention, HoldsLongHeads) {
    expect_right({.queries = 20, .keys = 210, .heads = 2, .key_heads = 1, .width = 256});
}

TEST(Attention, SeesAWindow) {
    const Case c{
        .queries = 420, .keys = 420, .heads = 4, .key_heads = 2, .width = 32, .masked = true};
    expect_right(c, mask_of(c, [](int query, int key) { return std::abs(query - key) <= 37; }));
}

Build within(const Case& c, std::int64_t window) {
    return [=](ggml_context* context) {
        const ggml_tensor* y = build_of(c)(context);
        return windowed_attention(context, {.q = y->src[0],
                                            .k = y->src[1],
                                            .v = y->src[2],
                                            .scale = 1.0f / std::sqrt(static_cast<float>(c.width)),
                                            .window = window});
    };
}

TEST(Attention, WithinAWindowNeedsNoMask) {
    for (const ggml_type type : {GGML_TYPE_F32, GGML_TYPE_BF16}) {
        for (const std::int64_t length : {1, 40, 257}) {
            for (const std::int64_t window : {0, 37, 300}) {
                SCOPED_TRACE(testing::Message()
                             << ggml_type_name(type) << ", " << length << ", " << window);
                const Case c{.queries = length,
                             .keys = length,
                             .heads = 4,
                             .key_heads = 2,
                             .width = 32,
                             .items = 2,
                             .type = type};
                const auto right = expected(c, mask_of(c, [&](int query, int key) {
                                                return std::abs(query - key) <= window;
                                            }));
                for (const int threads : {1, 2, 5}) {
                    const Outcome here = run_here(within(c, window), {.threads = threads});
                    ASSERT_EQ(here.status, GGML_STATUS_SUCCESS);
                    expect_near(here.values, right, tolerance_of(type));
                }
                expect_near(run_ggml(within(c, window)).values, right, tolerance_of(type));
            }
        }
    }
}

TEST(Attention, WithinAWindowRefusesOtherShapes) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    const Case c{.queries = 20, .keys = 21, .heads = 2, .key_heads = 2, .width = 16};
    EXPECT_THROW(within(c, 3)(context.get()), Error);
}

TEST(Attention, SeesThePast) {
    const Case c{
        .queries = 300, .keys = 300, .heads = 2, .key_heads = 2, .width = 64, .masked = true};
    expect_right(c, mask_of(c, [](int query, int key) { return key <= query; }));
}

TEST(Attention, OfNothingIsZero) {
    const Case c{
        .queries = 64, .keys = 210, .heads = 2, .key_heads = 1, .width = 32, .masked = true};
    expect_right(c, mask_of(c, [](int query, int key) { return query % 3 != 0 && key > 200; }));
}

TEST(Attention, WithWhatItDoesNotKnowIsLeftToGgml) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    const Case plain{.queries = 64, .keys = 64, .heads = 2, .key_heads = 2, .width = 32};
    ggml_tensor* y = build_of(plain)(context.get());
    EXPECT_TRUE(is_attention(y));
    const float cap = 30;
    std::memcpy(y->op_params + 2, &cap, sizeof cap);
    EXPECT_FALSE(is_attention(y));
    Case few = plain;
    few.queries = 1;
    EXPECT_FALSE(is_attention(build_of(few)(context.get())));
    Case quantized = plain;
    quantized.type = GGML_TYPE_Q8_0;
    EXPECT_FALSE(is_attention(build_of(quantized)(context.get())));
}

}  // namespace
}  // namespace acestep::onednn
