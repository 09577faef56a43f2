#include "onednn/products/gated_product.h"

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "onednn/backend.h"
#include "onednn/kernels/kernels.h"
#include "onednn/work.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

class GatedProduct : public testing::Test {
protected:
    void SetUp() override {
        if (!best_kernels().words) GTEST_SKIP() << "This processor has no products on words.";
    }
};

struct MlpShape {
    ggml_type type;
    std::int64_t out, in, count;
};

/// A gate and what it is multiplied by, in packed memory, with random numbers.
struct TwoWeights {
    explicit TwoWeights(const MlpShape& shape)
        : context(ggml_init({.mem_size = 1 << 16, .mem_buffer = nullptr, .no_alloc = true})),
          gate(ggml_new_tensor_2d(context.get(), shape.type, shape.in, shape.out)),
          up(ggml_new_tensor_2d(context.get(), shape.type, shape.in, shape.out)),
          memory(ggml_backend_alloc_ctx_tensors_from_buft(context.get(), packed_buffer_type())) {
        std::uint32_t seed = 10;
        for (ggml_tensor* weight : {gate, up}) {
            const auto values = random_floats(ggml_nelements(weight), seed++);
            std::vector<std::byte> bytes(ggml_nbytes(weight));
            ggml_quantize_chunk(weight->type, values.data(), bytes.data(), 0, shape.out, shape.in,
                                nullptr);
            ggml_backend_tensor_set(weight, bytes.data(), 0, bytes.size());
        }
    }

    ggml_context_ptr context;
    ggml_tensor *gate, *up;
    ggml_backend_buffer_ptr memory;
};

TEST_F(GatedProduct, IsItsStepsWithAnyNumberOfThreads) {
    for (const MlpShape& shape :
         {MlpShape{GGML_TYPE_BF16, 64, 32, 1}, MlpShape{GGML_TYPE_BF16, 131, 75, 33},
          MlpShape{GGML_TYPE_BF16, 96, 2500, 300}, MlpShape{GGML_TYPE_BF16, 40, 64, 1100},
          MlpShape{GGML_TYPE_Q8_0, 131, 96, 33}, MlpShape{GGML_TYPE_Q8_0, 64, 4480, 270}}) {
        SCOPED_TRACE(testing::Message() << ggml_type_name(shape.type) << ", " << shape.out << " x "
                                        << shape.in << ", " << shape.count);
        const TwoWeights weights(shape);
        const auto x_of = [&](ggml_context* context) {
            return ggml_new_tensor_2d(context, GGML_TYPE_F32, shape.in, shape.count);
        };
        const Build as_one = [&](ggml_context* context) {
            return gated_product(context, {x_of(context), weights.gate, weights.up});
        };
        const Build in_steps = [&](ggml_context* context) {
            ggml_tensor* x = x_of(context);
            return ggml_swiglu_split(context, ggml_mul_mat(context, weights.gate, x),
                                     ggml_mul_mat(context, weights.up, x));
        };
        const Outcome one = run_here(as_one, {.threads = 1});
        ASSERT_EQ(one.status, GGML_STATUS_SUCCESS);
        expect_near(one.values, run_here(in_steps).values, 1e-6);
        for (const int threads : {2, 5})
            EXPECT_EQ(run_here(as_one, {.threads = threads}).values, one.values);
    }
}

TEST_F(GatedProduct, CountsTheWorkOfBothProducts) {
    const TwoWeights weights({GGML_TYPE_BF16, 64, 32, 1});
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    ggml_tensor* x = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, 32, 10);
    EXPECT_EQ(flops(gated_product(context.get(), {x, weights.gate, weights.up})),
              2 * 2 * 10 * 64 * 32);
}

TEST_F(GatedProduct, RefusesWhatDoesNotFit) {
    const TwoWeights weights({GGML_TYPE_BF16, 64, 32, 1}), other({GGML_TYPE_BF16, 32, 32, 1});
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    const auto x_of = [&](std::int64_t in, std::int64_t count) {
        return ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, in, count);
    };
    const auto refused = [&](const GatedProductNode& node) {
        EXPECT_THROW(gated_product(context.get(), node), Error);
    };
    refused({x_of(33, 2), weights.gate, weights.up});
    refused({x_of(32, 0), weights.gate, weights.up});
    refused({x_of(32, 2), weights.gate, other.up});
    EXPECT_FALSE(suits_gated_product({x_of(32, 2), x_of(32, 64), x_of(32, 64)}));  // not packed
}

}  // namespace
}  // namespace acestep::onednn
