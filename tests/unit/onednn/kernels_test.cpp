#include "onednn/kernels/kernels.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

constexpr float untouched = 12345;

class KernelsTest : public testing::TestWithParam<InstructionSet> {
protected:
    void SetUp() override {
        if (!supported(GetParam())) GTEST_SKIP() << "This processor lacks the instructions.";
    }
    const Kernels& kernels() const { return kernels_for(GetParam()); }
};

TEST_P(KernelsTest, PanelHasTheRowsAsColumnsAndZerosBehind) {
    const std::int64_t stride = 70;
    const auto rows = random_floats(32 * stride, 3);
    for (const std::int64_t depth : {1, 16, 37, 64}) {
        for (const std::int64_t count :
             {std::int64_t{1}, std::int64_t{5}, std::int64_t{kernels().columns}}) {
            std::vector<float> panel(static_cast<std::size_t>(depth * kernels().columns),
                                     untouched);
            kernels().make_panel(rows.data(), stride, count, depth, panel.data());
            for (std::int64_t k = 0; k < depth; ++k)
                for (std::int64_t c = 0; c < kernels().columns; ++c)
                    ASSERT_EQ(panel[k * kernels().columns + c],
                              c < count ? rows[c * stride + k] : 0)
                        << count << " rows, " << k << ", " << c;
        }
    }
}

TEST_P(KernelsTest, TilesMultiplyAnyNumberOfRowsAndColumns) {
    const std::int64_t depth = 19, row_stride = 23, result_stride = 41;
    const std::int64_t width = kernels().columns;
    const auto rows = random_floats(30 * row_stride, 1);
    const auto panel = random_floats(depth * width, 2);
    for (const std::int64_t count : {1, 2, 5, 6, 7, 12, 13, 29}) {
        for (const std::int64_t columns : {std::int64_t{1}, std::int64_t{7}, width}) {
            for (const bool adds : {false, true}) {
                std::vector<float> result(31 * result_stride, 1.0f);
                kernels().run_tiles({.rows = rows.data(),
                                     .row_stride = row_stride,
                                     .count = count,
                                     .depth = depth,
                                     .panel = panel.data(),
                                     .result = result.data(),
                                     .result_stride = result_stride,
                                     .columns = columns,
                                     .adds = adds});
                for (std::int64_t i = 0; i < 31 * result_stride; ++i) {
                    const std::int64_t row = i / result_stride, column = i % result_stride;
                    double sum = adds || row >= count || column >= columns ? 1 : 0;
                    if (row < count && column < columns)
                        for (std::int64_t k = 0; k < depth; ++k)
                            sum += double(rows[row * row_stride + k]) * panel[k * width + column];
                    ASSERT_NEAR(result[i], sum, 1e-5) << count << " x " << columns << ", " << i;
                }
            }
        }
    }
}

TEST_P(KernelsTest, FinishAddsBiasThenSnakeThenResidual) {
    const std::int64_t columns = 37, stride = 40, rows = 3;
    const auto bias = random_floats(columns, 1), beta = random_floats(columns, 3);
    auto alpha = random_floats(columns, 2);
    for (float& a : alpha) a = a * 20 + 21;
    const auto residual = random_floats(rows * columns, 4), y = random_floats(rows * stride, 5);
    auto result = y;
    kernels().finish({.bias = bias.data(),
                      .alpha = alpha.data(),
                      .inverse_beta = beta.data(),
                      .residual = residual.data(),
                      .residual_stride = columns},
                     FinishedRows::in_place(result.data(), stride, rows, columns));
    for (std::int64_t i = 0; i < rows * stride; ++i) {
        const std::int64_t row = i / stride, c = i % stride;
        double expected = y[i];
        if (c < columns) {
            expected += bias[c];
            const double wave = std::sin(double(alpha[c]) * expected);
            expected += wave * wave * beta[c] + residual[row * columns + c];
        }
        ASSERT_NEAR(result[i], expected, 2e-5) << row << ", " << c;
    }
}

TEST_P(KernelsTest, FinishesElsewhereAsInPlace) {
    constexpr std::int64_t stride = 64, rows = 3, shift = 1;
    const auto y = random_floats(rows * stride, 5), bias = random_floats(stride, 6);
    struct alignas(64) Room {
        float values[rows * stride + shift];
    };
    for (const std::int64_t columns : {37, 48, 64}) {
        auto expected = y;
        kernels().finish({.bias = bias.data()},
                         FinishedRows::in_place(expected.data(), stride, rows, columns));
        for (const bool leaves_cache : {false, true}) {
            for (const std::int64_t begin : {std::int64_t{0}, shift}) {
                const auto room = std::make_unique<Room>();
                kernels().finish({.bias = bias.data()}, {.from = y.data(),
                                                         .from_stride = stride,
                                                         .to = room->values + begin,
                                                         .to_stride = stride,
                                                         .count = rows,
                                                         .columns = columns,
                                                         .leaves_cache = leaves_cache});
                for (std::int64_t i = 0; i < rows * stride; ++i)
                    ASSERT_EQ(room->values[begin + i], i % stride < columns ? expected[i] : 0)
                        << i << " of " << columns << " columns";
            }
        }
    }
}

TEST_P(KernelsTest, SnakeIsItsFormulaOverTheWholeRangeOfActivations) {
    constexpr std::int64_t count = 1000;
    for (const float range : {0.0f, 1e-3f, 1.0f, 30.0f, 3000.0f}) {
        auto x = random_floats(count, 8), alpha = random_floats(count, 9);
        for (float& value : x) value *= range;
        for (float& value : alpha) value = std::exp(value);
        const std::vector<float> inverse_beta(count, 1.0f);
        auto y = x;
        kernels().finish({.alpha = alpha.data(), .inverse_beta = inverse_beta.data()},
                         FinishedRows::in_place(y.data(), count, 1, count));
        for (std::size_t i = 0; i < x.size(); ++i) {
            // α·x is rounded to f32 before the sine in every implementation.
            const double sine = std::sin(double(alpha[i] * x[i]));
            const double want = double(x[i]) + sine * sine;
            ASSERT_NEAR(y[i], want, 6e-7 + 6e-8 * std::abs(want)) << x[i] << ", " << alpha[i];
        }
    }
}

TEST_P(KernelsTest, SoftmaxInPartsIsTheSoftmaxOfAll) {
    const std::int64_t count = 29;
    auto scores = random_floats(2 * count, 7);
    std::vector<float> mask(2 * count, 0.0f);
    for (float& score : scores) score *= 30;
    mask[3] = mask[40] = -std::numeric_limits<float>::infinity();
    const auto given = scores;
    float maximum = -std::numeric_limits<float>::infinity(), total = 0;
    std::vector<float> sums(5, 0.0f);
    for (int part = 0; part < 2; ++part) {
        kernels().softmax_row({.scores = scores.data() + part * count,
                               .mask = mask.data() + part * count,
                               .count = count,
                               .sums = sums.data(),
                               .width = 5,
                               .maximum = &maximum,
                               .total = &total});
        for (float& sum : sums) sum += scores[part * count];  // its first key has ones as values
    }
    double expected_total = 0, largest = -1e9;
    for (int i = 0; i < 2 * count; ++i) largest = std::max(largest, double(given[i]) + mask[i]);
    for (int i = 0; i < 2 * count; ++i)
        expected_total += std::exp(double(given[i]) + mask[i] - largest);
    EXPECT_NEAR(total, expected_total, 1e-5 * expected_total);
    EXPECT_EQ(maximum, static_cast<float>(largest));
    const double expected_sum =
        std::exp(double(given[0]) - largest) + std::exp(double(given[count]) - largest);
    for (const float sum : sums) EXPECT_NEAR(sum, expected_sum, 1e-6);
}

TEST_P(KernelsTest, SoftmaxOfForbiddenKeysIsNothing) {
    std::vector<float> scores(9, 1.0f), mask(9, -std::numeric_limits<float>::infinity());
    float maximum = -std::numeric_limits<float>::infinity(), total = 0;
    kernels().softmax_row({.scores = scores.data(),
                           .mask = mask.data(),
                           .count = 9,
                           .maximum = &maximum,
                           .total = &total});
    EXPECT_EQ(total, 0);
    for (const float score : scores) EXPECT_EQ(score, 0);
}

TEST_P(KernelsTest, NormalizedRowsAreTheirFormulaAndMayBeTurned) {
    for (const std::int64_t count : {2, 16, 70, 128, 2048}) {
        const auto x = random_floats(count, 1), factor = random_floats(count, 2);
        const auto shift = random_floats(count, 3), rotation = random_floats(count, 4);
        double squares = 0;
        for (const float value : x) squares += double(value) * value;
        const double scale = 1 / std::sqrt(squares / static_cast<double>(count) + 1e-3);
        std::vector<double> plain(count);
        for (std::int64_t i = 0; i < count; ++i) plain[i] = x[i] * scale * factor[i] + shift[i];

        NormalizedRow row{.values = x.data(),
                          .count = count,
                          .epsilon = 1e-3f,
                          .factor = factor.data(),
                          .shift = shift.data()};
        std::vector<float> result(count);
        row.result = result.data();
        kernels().normalize_row(row);
        for (std::int64_t i = 0; i < count; ++i) ASSERT_NEAR(result[i], plain[i], 2e-6) << i;

        result = x;  // in place
        row.values = result.data();
        row.rotation = rotation.data();
        kernels().normalize_row(row);
        const std::int64_t half = count / 2;
        for (std::int64_t i = 0; i < half; ++i) {
            const double cosine = rotation[i], sine = rotation[half + i];
            const double a = plain[i], b = plain[half + i];
            ASSERT_NEAR(result[i], a * cosine - b * sine, 4e-6) << i;
            ASSERT_NEAR(result[half + i], a * sine + b * cosine, 4e-6) << i;
        }
    }
}

TEST_P(KernelsTest, GatesLetThroughWhatTheirFormulaSays) {
    for (const std::int64_t count : {1, 16, 37}) {
        auto gates = random_floats(count, 1);
        const auto values = random_floats(count, 2);
        for (const float range : {1.0f, 20.0f, 300.0f}) {
            for (float& gate : gates) gate *= range;
            std::vector<float> result(count);
            kernels().gate_row({gates.data(), values.data(), count, result.data()});
            for (std::int64_t i = 0; i < count; ++i) {
                const double want = gates[i] / (1 + std::exp(-double(gates[i]))) * values[i];
                ASSERT_NEAR(result[i], want, 1e-6 * std::abs(want) + 1e-30) << gates[i];
            }
        }
    }
}

TEST_P(KernelsTest, ScaledRowsAreTimesTheirFactorWhateverIsAskedForMeanwhile) {
    for (const std::int64_t count : {1, 15, 16, 128, 131}) {
        const auto values = random_floats(count, 60), later = random_floats(count, 61);
        std::vector<float> result(count + 1, 7.0f), later_result = later;
        kernels().scale_row({.values = values.data(),
                             .count = count,
                             .factor = -0.3f,
                             .result = result.data(),
                             .later_values = later.data(),
                             .later_result = later_result.data()});
        for (std::int64_t i = 0; i < count; ++i) ASSERT_EQ(result[i], values[i] * -0.3f) << i;
        EXPECT_EQ(result[count], 7.0f);
        EXPECT_EQ(later_result, later);
    }
}

TEST_P(KernelsTest, QuantizedRowsAreWithinHalfALevel) {
    auto values = random_floats(77, 9);
    values[70] = -1.5f;
    for (const int levels : {63, 127}) {
        std::vector<std::uint8_t> bytes(77);
        std::int32_t sum = 0;
        const float scale = kernels().quantize_row({.values = values.data(),
                                                    .count = 77,
                                                    .levels = static_cast<float>(levels),
                                                    .bytes = bytes.data(),
                                                    .zero = levels + 1,
                                                    .sum = &sum});
        EXPECT_FLOAT_EQ(scale, 1.5f / static_cast<float>(levels));
        EXPECT_EQ(sum, std::accumulate(bytes.begin(), bytes.end(), -77 * (levels + 1)));
        for (std::size_t i = 0; i < values.size(); ++i)
            EXPECT_NEAR(double(bytes[i] - (levels + 1)) * scale, values[i], 0.5001 * scale) << i;
        EXPECT_EQ(bytes[70], 1);
    }
}

TEST_P(KernelsTest, ARowOfZerosHasNoScale) {
    const std::vector<float> values(20, 0.0f);
    std::vector<std::uint8_t> bytes(20);
    std::int32_t sum = 1;
    EXPECT_EQ(kernels().quantize_row({.values = values.data(),
                                      .count = 20,
                                      .levels = 63,
                                      .bytes = bytes.data(),
                                      .zero = 64,
                                      .sum = &sum}),
              0);
    EXPECT_EQ(sum, 0);
    for (const std::uint8_t byte : bytes) EXPECT_EQ(byte, 64);
}

/// bf16 numbers nearest to f32 ones, ties to even.
INSTANTIATE_TEST_SUITE_P(All, KernelsTest, testing::ValuesIn(all_instruction_sets));

}  // namespace
}  // namespace acestep::onednn
