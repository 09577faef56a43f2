#include <cmath>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "onednn/norms/modulated_norm.h"
#include "onednn/norms/normalized_heads.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

constexpr float epsilon = 1e-6f;

struct NormShape {
    std::int64_t items, rows, width;
    bool is_modulated = true;
    std::int64_t behind = 0;  ///< numbers between rows of x
};

/// Factor and shift of each item are rows 1 and 0 of a modulation, as in the network.
ModulatedNormNode norm_of(ggml_context* context, const NormShape& shape) {
    ggml_tensor* x = ggml_new_tensor_3d(context, GGML_TYPE_F32, shape.width + shape.behind,
                                        shape.rows, shape.items);
    x = ggml_view_3d(context, x, shape.width, shape.rows, shape.items, x->nb[1], x->nb[2], 0);
    if (!shape.is_modulated)
        return {x, ggml_new_tensor_1d(context, GGML_TYPE_F32, shape.width), nullptr, epsilon};
    ggml_tensor* modulation =
        ggml_new_tensor_3d(context, GGML_TYPE_F32, shape.width, 2, shape.items);
    const auto row = [&](std::size_t index) {
        return ggml_view_3d(context, modulation, shape.width, 1, shape.items, modulation->nb[1],
                            modulation->nb[2], index * modulation->nb[1]);
    };
    return {x, row(1), row(0), epsilon};
}

TEST(ModulatedNorm, IsItsStepsWithAnyNumberOfThreads) {
    for (const NormShape& shape :
         {NormShape{1, 1, 1}, NormShape{2, 37, 64}, NormShape{1, 16, 1000}, NormShape{3, 17, 33},
          NormShape{1, 40, 64, false}, NormShape{2, 5, 48, false, 16}}) {
        SCOPED_TRACE(testing::Message()
                     << shape.items << ", " << shape.rows << ", " << shape.width);
        const Build as_one = [=](ggml_context* context) {
            return modulated_norm(context, norm_of(context, shape));
        };
        const Build in_steps = [=](ggml_context* context) {
            const ModulatedNormNode node = norm_of(context, shape);
            ggml_tensor* y = ggml_mul(
                context, ggml_rms_norm(context, ggml_cont(context, node.x), epsilon), node.factor);
            return node.shift ? ggml_add(context, y, node.shift) : y;
        };
        const auto right = run_ggml(in_steps).values;
        const Outcome one = run_here(as_one, {.threads = 1});
        ASSERT_EQ(one.status, GGML_STATUS_SUCCESS);
        expect_near(one.values, right, 1e-6);
        for (const int threads : {2, 5})
            EXPECT_EQ(run_here(as_one, {.threads = threads}).values, one.values);
        EXPECT_EQ(run_ggml(as_one).values, one.values);
    }
}

TEST(ModulatedNorm, RefusesWhatDoesNotFit) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    const auto refused = [&](const ModulatedNormNode& node) {
        EXPECT_THROW(modulated_norm(context.get(), node), Error);
    };
    ModulatedNormNode node = norm_of(context.get(), {2, 5, 48});
    node.factor = ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, 47);
    refused(node);
    node = norm_of(context.get(), {2, 5, 48});
    node.shift = ggml_new_tensor_3d(context.get(), GGML_TYPE_F32, 48, 1, 3);
    refused(node);
    node = norm_of(context.get(), {2, 5, 48});
    node.x = ggml_new_tensor_3d(context.get(), GGML_TYPE_F16, 48, 5, 2);
    refused(node);
    refused(norm_of(context.get(), {2, 0, 48}));
}

struct HeadsShape {
    std::int64_t items, length, heads, width;
    bool is_rotated = true;
    ggml_type type = GGML_TYPE_F32;
};

ggml_tensor* rotated(ggml_context* context, ggml_tensor* x) {
    ggml_tensor* positions = ggml_cast(
        context, ggml_arange(context, 3, static_cast<float>(3 + x->ne[2]), 1), GGML_TYPE_I32);
    return ggml_rope_ext(context, x, positions, nullptr, static_cast<int>(x->ne[0]),
                         GGML_ROPE_TYPE_NEOX, 0, 10000.0f, 1, 0, 1, 0, 0);
}

NormalizedHeadsNode heads_of(ggml_context* context, const HeadsShape& shape) {
    NormalizedHeadsNode node{.epsilon = epsilon, .type = shape.type};
    // Made by an operation, as projections are, since it may be written over.
    node.heads = ggml_scale(context,
                            ggml_new_tensor_4d(context, GGML_TYPE_F32, shape.width, shape.heads,
                                               shape.length, shape.items),
                            3);
    node.weight = ggml_new_tensor_1d(context, GGML_TYPE_F32, shape.width);
    if (!shape.is_rotated) return node;
    ggml_tensor* one = ggml_arange(context, 1, 2, 1);
    ggml_tensor* ones = ggml_repeat_4d(context, one, shape.width / 2, 1, shape.length, 1);
    node.rotations =
        rotated(context, ggml_pad(context, ones, static_cast<int>(shape.width / 2), 0, 0, 0));
    return node;
}

TEST(NormalizedHeads, AreTheirStepsWithAnyNumberOfThreads) {
    for (const HeadsShape& shape :
         {HeadsShape{1, 1, 1, 2}, HeadsShape{2, 9, 3, 64}, HeadsShape{1, 300, 2, 128},
          HeadsShape{2, 7, 2, 40}, HeadsShape{1, 33, 4, 64, false},
          HeadsShape{1, 50, 2, 128, true, GGML_TYPE_BF16},
          HeadsShape{2, 5, 3, 24, false, GGML_TYPE_BF16}}) {
        SCOPED_TRACE(testing::Message() << shape.items << ", " << shape.length << ", "
                                        << shape.heads << ", " << shape.width);
        const Build as_one = [=](ggml_context* context) {
            ggml_tensor* y = normalized_heads(context, heads_of(context, shape));
            return y->type == GGML_TYPE_F32 ? y : ggml_cast(context, y, GGML_TYPE_F32);
        };
        const Build in_steps = [=](ggml_context* context) {
            const NormalizedHeadsNode node = heads_of(context, shape);
            ggml_tensor* y =
                ggml_mul(context, ggml_rms_norm(context, node.heads, epsilon), node.weight);
            return node.rotations ? rotated(context, y) : y;
        };
        const auto right = run_ggml(in_steps).values;
        const Outcome one = run_here(as_one, {.threads = 1});
        ASSERT_EQ(one.status, GGML_STATUS_SUCCESS);
        expect_near(one.values, right, shape.type == GGML_TYPE_F32 ? 2e-6 : 4e-3);
        for (const int threads : {2, 5})
            EXPECT_EQ(run_here(as_one, {.threads = threads}).values, one.values);
        EXPECT_EQ(run_ggml(as_one).values, one.values);
    }
}

TEST(NormalizedHeads, RefuseWhatDoesNotFit) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    const auto refused = [&](const NormalizedHeadsNode& node) {
        EXPECT_THROW(normalized_heads(context.get(), node), Error);
    };
    NormalizedHeadsNode node = heads_of(context.get(), {1, 8, 2, 64});
    node.rotations = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, 64, 7);
    refused(node);
    node = heads_of(context.get(), {1, 8, 2, 64});
    node.type = GGML_TYPE_F16;
    refused(node);
    EXPECT_FALSE(suits_normalized_heads(heads_of(context.get(), {1, 8, 2, 1024})));
    refused(heads_of(context.get(), {1, 8, 2, 1024, false}));
}

}  // namespace
}  // namespace acestep::onednn
