#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include <gtest/gtest.h>

#include "onednn/backend.h"
#include "onednn/library.h"
#include "onednn/operations.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

Build product(ggml_type type, std::int64_t rows, std::int64_t columns, std::int64_t count) {
    return [=](ggml_context* context) {
        ggml_tensor* weight = ggml_new_tensor_2d(context, type, columns, rows);
        ggml_set_name(weight, "weight");
        return ggml_mul_mat(context, weight,
                            ggml_new_tensor_2d(context, GGML_TYPE_F32, columns, count));
    };
}

/// √(Σ (a − b)² / Σ b²)
double relative_error(const std::vector<float>& a, const std::vector<float>& b) {
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
        size += double(b[i]) * b[i];
    }
    return std::sqrt(difference / size);
}

class PackedWeights : public testing::Test {
protected:
    void SetUp() override {
        if (library_name().empty()) GTEST_SKIP() << "This build has no oneDNN.";
    }
};

/// A weight in packed memory of its own.
struct Placed {
    Placed(ggml_type type, std::int64_t rows, std::int64_t columns)
        : context(ggml_init({.mem_size = 1 << 16, .mem_buffer = nullptr, .no_alloc = true})),
          weight(ggml_new_tensor_2d(context.get(), type, columns, rows)),
          memory(ggml_backend_alloc_ctx_tensors_from_buft(context.get(), packed_buffer_type())) {}

    std::vector<std::byte> read() const {
        std::vector<std::byte> bytes(ggml_nbytes(weight));
        ggml_backend_tensor_get(weight, bytes.data(), 0, bytes.size());
        return bytes;
    }

    ggml_context_ptr context;
    ggml_tensor* weight;
    ggml_backend_buffer_ptr memory;
};

TEST_F(PackedWeights, OfF32MultiplyAsPlainOnes) {
    for (const std::int64_t count : {1, 7, 257, 2100}) {
        for (const int threads : {1, 2, 5}) {
            const Build build = product(GGML_TYPE_F32, 130, 75, count);
            const Outcome here = run_here(build, {.threads = threads, .packed = true});
            ASSERT_EQ(here.status, GGML_STATUS_SUCCESS);
            expect_near(here.values, run_ggml(build).values, 1e-5);
        }
    }
}

TEST_F(PackedWeights, OfBf16MultiplyRoundedActivations) {
    if (!multiplies_bf16()) GTEST_SKIP() << "This processor has no instructions for bf16.";
    const Build build = product(GGML_TYPE_BF16, 256, 384, 100);
    const Outcome here = run_here(build, {.packed = true});
    EXPECT_LT(relative_error(here.values, run_ggml(build).values), 4e-3);
}

TEST_F(PackedWeights, Of8BitsAreNear) {
    // Rounding to n levels errs by 1/√12 of a level of some 1/√3 of the largest number.
    const double bound = activation_levels() == 127 ? 1.0e-2 : 1.6e-2;
    for (const std::int64_t count : {1, 33, 1100}) {
        const Build build = product(GGML_TYPE_Q8_0, 200, 512, count);
        const Outcome here = run_here(build, {.packed = true});
        ASSERT_EQ(here.status, GGML_STATUS_SUCCESS);
        EXPECT_LT(relative_error(here.values, run_ggml(build).values), bound) << count;
    }
}

TEST_F(PackedWeights, Of8BitsDoNotOverflow) {
    // The largest activations and weights everywhere: any intermediate of too few bits shows.
    RunSettings settings;
    settings.packed = true;
    settings.given["weight"] = std::vector<float>(64 * 256, 1.0f);
    const Build build = [](ggml_context* context) {
        ggml_tensor* weight = ggml_new_tensor_2d(context, GGML_TYPE_Q8_0, 256, 64);
        ggml_set_name(weight, "weight");
        ggml_tensor* x = ggml_new_tensor_2d(context, GGML_TYPE_F32, 256, 40);
        ggml_set_name(x, "x");
        return ggml_mul_mat(context, weight, x);
    };
    for (const float sign : {1.0f, -1.0f}) {
        settings.given["x"] = std::vector<float>(40 * 256, sign);
        for (const float y : run_here(build, settings).values)
            ASSERT_NEAR(y, 256 * sign, 256 * 1e-3);
    }
}

TEST_F(PackedWeights, AreReadBackAsTheyWereSet) {
    const Placed placed(GGML_TYPE_F32, 77, 91);
    const auto values = random_floats(77 * 91, 5);
    ggml_backend_tensor_set(placed.weight, values.data(), 0, ggml_nbytes(placed.weight));
    const auto bytes = placed.read();
    EXPECT_EQ(std::memcmp(bytes.data(), values.data(), bytes.size()), 0);
    float one = 0;
    ggml_backend_tensor_get(placed.weight, &one, 100 * sizeof one, sizeof one);
    EXPECT_EQ(one, values[100]);
}

TEST_F(PackedWeights, MayBeSetInPieces) {
    const Placed placed(GGML_TYPE_F32, 64, 64);
    const auto values = random_floats(64 * 64, 5);
    for (int time = 0; time < 2; ++time) {
        const std::size_t all = ggml_nbytes(placed.weight), first = 1000;
        ggml_backend_tensor_set(placed.weight, values.data(), 0, first);
        ggml_backend_tensor_set(placed.weight, values.data() + first / sizeof(float), first,
                                all - first);
        EXPECT_EQ(std::memcmp(placed.read().data(), values.data(), all), 0);
    }
}

TEST_F(PackedWeights, Of8BitsAreReadBackNearly) {
    const Placed placed(GGML_TYPE_Q8_0, 48, 96);
    const auto values = random_floats(48 * 96, 6);
    std::vector<std::byte> bytes(ggml_nbytes(placed.weight));
    ggml_quantize_chunk(GGML_TYPE_Q8_0, values.data(), bytes.data(), 0, 48, 96, nullptr);
    ggml_backend_tensor_set(placed.weight, bytes.data(), 0, bytes.size());
    std::vector<float> back(values.size());
    ggml_get_type_traits(GGML_TYPE_Q8_0)
        ->to_float(placed.read().data(), back.data(), static_cast<std::int64_t>(back.size()));
    EXPECT_LT(relative_error(back, values), 1e-2);
}

TEST_F(PackedWeights, TakeABitMoreThanTheirNumbers) {
    const Placed placed(GGML_TYPE_Q8_0, 1024, 2048);
    EXPECT_LT(ggml_backend_buffer_get_size(placed.memory.get()), 1024 * 2048 + 16 * 1024);
}

TEST_F(PackedWeights, OnlyMatricesPack) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 16, .mem_buffer = nullptr, .no_alloc = true}));
    EXPECT_TRUE(packs(ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, 64, 32)));
    EXPECT_TRUE(packs(ggml_new_tensor_2d(context.get(), GGML_TYPE_Q8_0, 64, 32)));
    EXPECT_EQ(packs(ggml_new_tensor_2d(context.get(), GGML_TYPE_BF16, 64, 32)), multiplies_bf16());
    EXPECT_FALSE(packs(ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, 64)));
    EXPECT_FALSE(packs(ggml_new_tensor_3d(context.get(), GGML_TYPE_F32, 64, 32, 2)));
    EXPECT_FALSE(packs(ggml_new_tensor_2d(context.get(), GGML_TYPE_Q4_K, 256, 32)));
}

TEST_F(PackedWeights, AreForProductsOnly) {
    const Placed placed(GGML_TYPE_F32, 64, 64);
    ggml_context* context = placed.context.get();
    ggml_backend_dev_t device = ggml_backend_reg_dev_get(registry(), 0);
    ggml_tensor* x = ggml_new_tensor_2d(context, GGML_TYPE_F32, 64, 8);
    EXPECT_TRUE(ggml_backend_dev_supports_op(device, ggml_mul_mat(context, placed.weight, x)));
    EXPECT_FALSE(ggml_backend_dev_supports_op(device, ggml_sqr(context, placed.weight)));
}

TEST_F(PackedWeights, OfRowsOfF32AreRoundedOnceByTheScaleOfTheRow) {
    constexpr std::int64_t rows = 96, columns = 64;
    const auto values = random_floats(rows * columns, 3);
    Placed placed(GGML_TYPE_Q8_0, rows, columns);
    const auto read = [&](std::int64_t row, std::span<float> to) {
        std::copy_n(values.begin() + row * columns, to.size(), to.begin());
    };
    std::vector<std::byte> room(7);  // of another tensor
    set_rows(placed.weight, read, room);
    const std::vector<std::byte> bytes = placed.read();
    std::vector<float> found(values.size());
    ggml_get_type_traits(GGML_TYPE_Q8_0)
        ->to_float(bytes.data(), found.data(), static_cast<std::int64_t>(found.size()));
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto* given = values.data() + row * columns;
        float largest = 0;
        for (std::int64_t i = 0; i < columns; ++i) largest = std::max(largest, std::abs(given[i]));
        // Half a level of ours, and half of one more for reading it back as q8_0.
        for (std::int64_t i = 0; i < columns; ++i)
            ASSERT_NEAR(found[row * columns + i], given[i], 1.05f * largest / 127) << row;
    }
}

}  // namespace
}  // namespace acestep::onednn
