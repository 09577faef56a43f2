#include "processor/skinny_product.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

#include "processor/kernels.h"
#include "unit/processor/stored_numbers.h"

namespace acestep::processor {
namespace {

constexpr float untouched = 12345;

/// A matrix and vectors with gaps between the rows of each.
struct Case {
    Case(MatrixType type, std::int64_t rows, std::int64_t columns, std::int64_t vectors)
        : weights(random_rows(type, rows, columns, 6, 1)),
          matrix{.data = weights.bytes.data(),
                 .type = type,
                 .rows = rows,
                 .columns = columns,
                 .row_bytes = row_bytes_of(type, columns) + 6},
          x_stride(columns + 3),
          x(random_floats(static_cast<std::size_t>(vectors * x_stride), 2)),
          y_stride(rows + 5) {}

    /// `vectors` of the vectors from `first` on.
    std::vector<float> product(InstructionSet set, int threads, std::int64_t first,
                               std::int64_t vectors) const {
        std::vector<float> y(static_cast<std::size_t>(vectors * y_stride), untouched);
        ThreadPool pool(threads);
        skinny_product(kernels_for(set), pool, matrix,
                       {.x = x.data() + first * x_stride, .stride = x_stride, .count = vectors},
                       y.data(), y_stride);
        return y;
    }

    StoredNumbers weights;
    Matrix matrix;
    std::int64_t x_stride;
    std::vector<float> x;
    std::int64_t y_stride;
};

/// Relative to Σ|w · x|: f32 sums of thousands of terms stay far below it.
void expect_right(const Case& given, const std::vector<float>& y, std::int64_t vectors) {
    for (std::int64_t v = 0; v < vectors; ++v) {
        for (std::int64_t row = 0; row < given.matrix.rows; ++row) {
            double sum = 0, size = 0;
            for (std::int64_t c = 0; c < given.matrix.columns; ++c) {
                const double term = given.weights.values[row * given.matrix.columns + c] *
                                    given.x[v * given.x_stride + c];
                sum += term;
                size += std::abs(term);
            }
            ASSERT_NEAR(y[v * given.y_stride + row], sum, 1e-5 * size) << row << ", vector " << v;
        }
        for (std::int64_t i = given.matrix.rows; i < given.y_stride; ++i)
            ASSERT_EQ(y[v * given.y_stride + i], untouched);
    }
}

class SkinnyProduct : public testing::TestWithParam<MatrixType> {};

TEST_P(SkinnyProduct, IsTheProductForEveryShape) {
    for (const InstructionSet set : instruction_sets_here()) {
        for (const std::int64_t columns : {32, 96, 100, 3072}) {
            if (GetParam() == MatrixType::q8_0 && columns % 32 != 0) continue;
            for (const std::int64_t rows : {1, 2, 3, 5, 17, 36}) {
                const std::int64_t vectors = columns > 1000 ? 5 : 17;
                SCOPED_TRACE(testing::Message() << name(set) << ' ' << rows << " x " << columns);
                const Case given(GetParam(), rows, columns, vectors);
                expect_right(given, given.product(set, 2, 0, vectors), vectors);
            }
        }
    }
}

TEST_P(SkinnyProduct, OfAVectorIsTheSameAloneAndAmongOthers) {
    const Case given(GetParam(), 7, 96, 17);
    for (const InstructionSet set : instruction_sets_here()) {
        const std::vector<float> all = given.product(set, 1, 0, 17);
        for (std::int64_t count = 1; count <= 17; ++count) {
            const std::int64_t first = 17 - count;
            const std::vector<float> some = given.product(set, 1, first, count);
            const float* const among_all = all.data() + first * given.y_stride;
#ifdef __clang__
            // clang 14 fuses products and sums of one loop in different ways for different counts.
            for (std::size_t i = 0; i < some.size(); ++i)
                EXPECT_NEAR(some[i], among_all[i], 1e-4) << name(set) << ", " << count;
#else
            EXPECT_EQ(std::memcmp(some.data(), among_all, some.size() * sizeof(float)), 0)
                << name(set) << ", " << count << " vectors";
#endif
        }
    }
}

TEST_P(SkinnyProduct, IsTheSameOnAnyNumberOfThreads) {
    const Case given(GetParam(), 257, 1024, 3);
    for (const InstructionSet set : instruction_sets_here()) {
        const std::vector<float> alone = given.product(set, 1, 0, 3);
        expect_right(given, alone, 3);
        for (const int threads : {2, 3, 8}) EXPECT_EQ(given.product(set, threads, 0, 3), alone);
    }
}

/// What is no number must not come out as one; and the largest and smallest numbers do.
TEST_P(SkinnyProduct, KeepsWhatIsNoNumber) {
    Case given(GetParam(), 5, 64, 5);
    const auto fill = [&](std::int64_t vector, float value) {
        std::fill_n(given.x.begin() + vector * given.x_stride, 64, value);
    };
    fill(0, NAN);
    fill(1, INFINITY);
    given.x[2 * given.x_stride + 40] = -NAN;
    fill(3, 1e30f);
    fill(4, 0);
    for (const InstructionSet set : instruction_sets_here()) {
        const std::vector<float> y = given.product(set, 1, 0, 5);
        for (std::int64_t row = 0; row < 5; ++row) {
            const auto result = [&](std::int64_t vector) {
                return y[vector * given.y_stride + row];
            };
            for (const std::int64_t vector : {0, 1, 2}) EXPECT_FALSE(std::isfinite(result(vector)));
            EXPECT_TRUE(std::isfinite(result(3)));
            EXPECT_EQ(result(4), 0);
        }
    }
}

/// Numbers of very different size in one vector: the small ones of other blocks are not lost.
TEST_P(SkinnyProduct, KeepsSmallNumbersBesideLargeOnes) {
    Case given(GetParam(), 3, 128, 2);
    for (std::int64_t i = 0; i < 128; ++i) given.x[i] *= i < 32 ? 1e6f : 1e-6f;
    const auto zero_out = [&](std::int64_t begin) {
        std::fill_n(given.x.begin() + given.x_stride + begin, 32, 0.0f);
    };
    std::copy_n(given.x.begin(), 128, given.x.begin() + given.x_stride);
    zero_out(0);
    for (const InstructionSet set : instruction_sets_here()) {
        SCOPED_TRACE(name(set));
        expect_right(given, given.product(set, 1, 0, 2), 2);
    }
}

TEST_P(SkinnyProduct, OfNothingIsNothing) {
    for (const InstructionSet set : instruction_sets_here()) {
        const Case no_rows(GetParam(), 0, 64, 2);
        EXPECT_EQ(no_rows.product(set, 2, 0, 2), std::vector<float>(10, untouched));
        const Case no_columns(GetParam(), 1, 0, 1);
        EXPECT_EQ(no_columns.product(set, 2, 0, 1)[0], 0);
        const Case no_vectors(GetParam(), 3, 64, 1);
        EXPECT_TRUE(no_vectors.product(set, 2, 0, 0).empty());
    }
}

INSTANTIATE_TEST_SUITE_P(Types, SkinnyProduct,
                         testing::Values(MatrixType::f32, MatrixType::f16, MatrixType::bf16,
                                         MatrixType::q8_0));

/// Every number of a 16-bit format, as a matrix of one column times 1.
void expect_every_number(MatrixType type, double (*value_of)(std::uint16_t)) {
    std::vector<std::uint16_t> numbers(65536);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::uint16_t>(i);
    const Matrix matrix = {
        .data = numbers.data(), .type = type, .rows = 65536, .columns = 1, .row_bytes = 2};
    const float one = 1;
    ThreadPool pool(1);
    for (const InstructionSet set : instruction_sets_here()) {
        std::vector<float> y(numbers.size());
        skinny_product(kernels_for(set), pool, matrix, {.x = &one, .stride = 1, .count = 1},
                       y.data(), 0);
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            double value = value_of(numbers[i]);
            // Tiles take subnormal numbers for zero, and multiply the infinite by a piece that is
            // 0.
            if (type == MatrixType::bf16 && set == InstructionSet::x86_64_amx) {
                if (std::abs(value) < std::numeric_limits<float>::min()) value = 0;
                if (std::isinf(value)) value = NAN;
            }
            ASSERT_TRUE(std::isnan(value) ? std::isnan(y[i]) : y[i] == value)
                << name(set) << ": " << i << " gives " << y[i];
        }
    }
}

TEST(SkinnyProductNumbers, EveryF16IsRead) {
    expect_every_number(MatrixType::f16, value_of_f16);
}

TEST(SkinnyProductNumbers, EveryBf16IsRead) {
    expect_every_number(MatrixType::bf16, value_of_bf16);
}

TEST(SkinnyProductNumbers, TheBestKernelsAreChosen) {
    const Case given(MatrixType::bf16, 5, 96, 1);
    ThreadPool pool(2);
    std::vector<float> y(10, untouched);
    skinny_product(pool, given.matrix, given.x.data(), given.x_stride, y.data(), given.y_stride, 1);
    EXPECT_EQ(y, given.product(instruction_sets_here().back(), 1, 0, 1));
}

}  // namespace
}  // namespace acestep::processor
