#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "onednn/kernels/kernels.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

constexpr float untouched = 12345;

float in_bf16(float value) {
    return ggml_bf16_to_fp32(ggml_fp32_to_bf16(value));
}

class WordKernelsTest : public testing::TestWithParam<InstructionSet> {
protected:
    void SetUp() override {
        if (!supported(GetParam()) || !kernels().words)
            GTEST_SKIP() << "There are no products on words.";
    }
    const Kernels& kernels() const { return kernels_for(GetParam()); }
    const WordKernels& words() const { return *kernels().words; }

    /// Rows of `count` numbers each, rounded and what that leaves, `stride` words apart.
    struct Rounded {
        std::vector<std::uint32_t> high, low;
    };
    Rounded rounded(const std::vector<float>& values, std::int64_t rows, std::int64_t count,
                    std::int64_t stride) const {
        Rounded result{std::vector<std::uint32_t>(rows * stride),
                       std::vector<std::uint32_t>(rows * stride)};
        const std::int64_t padded = (count + 31) / 32 * 32;
        for (std::int64_t r = 0; r < rows; ++r) {
            words().round_row(
                {.values = values.data() + r * count,
                 .count = count,
                 .padded = padded,
                 .high = reinterpret_cast<std::uint16_t*>(result.high.data() + r * stride),
                 .low = reinterpret_cast<std::uint16_t*>(result.low.data() + r * stride)});
        }
        return result;
    }

    /// `[rows, words]` as a panel `[words, columns]`.
    std::vector<std::uint32_t> panel_of(const std::vector<std::uint32_t>& rows,
                                        std::int64_t words) const {
        const std::int64_t columns = kernels().columns;
        std::vector<std::uint32_t> panel(words * columns);
        for (std::int64_t c = 0; c < columns; ++c)
            for (std::int64_t k = 0; k < words; ++k) panel[k * columns + c] = rows[c * words + k];
        return panel;
    }
};

TEST_P(WordKernelsTest, RoundedRowsAreTheNearestAndTheirRests) {
    for (const std::int64_t count : {1, 16, 37, 64}) {
        const auto values = random_floats(count, 4);
        std::vector<std::uint16_t> high(96, 7), low(96, 7);
        words().round_row({.values = values.data(),
                           .count = count,
                           .padded = 64,
                           .high = high.data(),
                           .low = low.data()});
        for (std::int64_t i = 0; i < 64; ++i) {
            const float value = i < count ? values[i] : 0;
            EXPECT_EQ(high[i], ggml_fp32_to_bf16(value).bits) << i;
            EXPECT_EQ(low[i], ggml_fp32_to_bf16(value - in_bf16(value)).bits) << i;
        }
        EXPECT_EQ(high[64], 7);
        EXPECT_EQ(low[64], 7);
    }
}

// Three blocks of keys, the second without any that is seen, the third with a higher maximum.
TEST_P(WordKernelsTest, SoftmaxIsThatOfF32Rounded) {
    constexpr std::int64_t width = 24, padded = 64;
    constexpr float unseen = -std::numeric_limits<float>::infinity();
    for (const std::int64_t count : {1, 16, 37, 64}) {
        struct Running {
            std::vector<float> sums = std::vector<float>(width, 1.0f);
            float maximum = unseen, total = 0;
        } exact, running;
        for (int block = 0; block < 3; ++block) {
            auto scores = random_floats(count, 20 + block);
            for (float& score : scores) score = 30 * score + 40 * static_cast<float>(block);
            std::vector<float> mask(count, block == 1 ? unseen : 0.0f);
            if (block == 2 && count > 1) mask[count / 2] = unseen;
            const auto step = [&](Running& state, std::vector<float>& of) {
                return SoftmaxRow{.scores = of.data(),
                                  .mask = mask.data(),
                                  .count = count,
                                  .sums = state.sums.data(),
                                  .width = width,
                                  .maximum = &state.maximum,
                                  .total = &state.total};
            };
            auto same = scores;
            kernels().softmax_row(step(exact, scores));
            std::vector<std::uint16_t> weights(padded, 7);
            words().softmax(step(running, same), {.padded = padded, .high = weights.data()});
            for (std::int64_t i = 0; i < padded; ++i) {
                const float expected = i < count ? scores[i] : 0;
                EXPECT_NEAR(ggml_bf16_to_fp32({weights[i]}), expected, expected * 0x1p-8f + 1e-30f)
                    << block << ", " << i;
            }
            EXPECT_EQ(running.maximum, exact.maximum);
            EXPECT_NEAR(running.total, exact.total, 2e-4f * exact.total);
            EXPECT_EQ(running.sums, exact.sums);
        }
    }
}

TEST_P(WordKernelsTest, SoftmaxOfWhatIsFarBelowTheLargestIsZero) {
    constexpr float unseen = -std::numeric_limits<float>::infinity();
    std::vector<float> scores = {0, -80, -87, -88, -104, -1000, unseen, 0};
    const auto count = static_cast<std::int64_t>(scores.size());
    std::vector<float> sums(1);
    float maximum = unseen, total = 0;
    std::vector<std::uint16_t> weights(32, 7);
    words().softmax({.scores = scores.data(),
                     .count = count,
                     .sums = sums.data(),
                     .width = 1,
                     .maximum = &maximum,
                     .total = &total},
                    {.padded = 32, .high = weights.data()});
    const float one = 1, near = std::exp(-80.0f);
    EXPECT_EQ(ggml_bf16_to_fp32({weights[0]}), one);
    EXPECT_NEAR(ggml_bf16_to_fp32({weights[1]}), near, near * 0x1p-8f);
    EXPECT_GT(ggml_bf16_to_fp32({weights[2]}), 0.0f);
    for (int i = 3; i < 7; ++i) EXPECT_EQ(ggml_bf16_to_fp32({weights[i]}), 0.0f) << scores[i];
    EXPECT_EQ(total, 2.0f);
}

TEST_P(WordKernelsTest, SoftmaxKeepsWhatIsNoNumber) {
    std::vector<float> scores(16, 1.0f), sums(1);
    scores[3] = NAN;
    float maximum = -std::numeric_limits<float>::infinity(), total = 0;
    std::vector<std::uint16_t> weights(32);
    words().softmax({.scores = scores.data(),
                     .count = 16,
                     .sums = sums.data(),
                     .width = 1,
                     .maximum = &maximum,
                     .total = &total},
                    {.padded = 32, .high = weights.data()});
    EXPECT_TRUE(std::isnan(total));
}

TEST_P(WordKernelsTest, PairedRowsLieSideBySide) {
    for (const std::int64_t count : {1, 15, 16, 40}) {
        std::vector<std::uint16_t> first(count), second(count);
        std::iota(first.begin(), first.end(), std::uint16_t{100});
        std::iota(second.begin(), second.end(), std::uint16_t{65500});
        std::vector<std::uint32_t> pairs(count + 1, 7);
        words().pair_rows(first.data(), second.data(), count, pairs.data());
        for (std::int64_t i = 0; i < count; ++i)
            EXPECT_EQ(pairs[i], first[i] | std::uint32_t{second[i]} << 16) << i;
        EXPECT_EQ(pairs[count], 7u);
    }
}

TEST_P(WordKernelsTest, MultiplyAnyNumberOfRowsAndColumnsAtAnyTap) {
    const std::int64_t columns = kernels().columns, depth = 50, taps = 3, dilation = 2;
    const std::int64_t stride = 48, result_stride = 41;
    const auto frames = random_floats(60 * depth, 1);
    const Rounded rows = rounded(frames, 60, depth, stride);
    const auto weights = random_floats(taps * columns * depth, 2);
    std::vector<std::uint32_t> panel, low_panel;
    for (std::int64_t tap = 0; tap < taps; ++tap) {
        const std::vector<float> at_tap(weights.begin() + tap * columns * depth,
                                        weights.begin() + (tap + 1) * columns * depth);
        const Rounded of_tap = rounded(at_tap, columns, depth, 32);
        for (const auto& [from, to] :
             {std::pair{&of_tap.high, &panel}, {&of_tap.low, &low_panel}}) {
            const auto part = panel_of(*from, 32);
            to->insert(to->end(), part.begin(), part.end());
        }
    }
    for (const std::int64_t count : {1, 2, 15, 16, 17, 31, 32, 33, 50}) {
        for (const std::int64_t width : {std::int64_t{1}, std::int64_t{17}, columns}) {
            for (const bool exact : {false, true}) {
                for (const bool adds : {false, true}) {
                    std::vector<float> result(51 * result_stride, 1.0f);
                    words().multiply_bf16({.rows = rows.high.data(),
                                           .row_stride = stride,
                                           .count = count,
                                           .words = 32,
                                           .taps = taps,
                                           .tap_stride = dilation * stride,
                                           .panel = panel.data(),
                                           .result = result.data(),
                                           .result_stride = result_stride,
                                           .columns = width,
                                           .low_rows = exact ? rows.low.data() : nullptr,
                                           .low_panel = exact ? low_panel.data() : nullptr,
                                           .adds = adds});
                    const auto number = [&](float value) { return exact ? value : in_bf16(value); };
                    for (std::int64_t i = 0; i < 51 * result_stride; ++i) {
                        const std::int64_t row = i / result_stride, column = i % result_stride;
                        const bool inside = row < count && column < width;
                        double sum = adds || !inside ? 1 : 0;
                        for (std::int64_t tap = 0; inside && tap < taps; ++tap)
                            for (std::int64_t k = 0; k < depth; ++k)
                                sum += double(number(frames[(row + tap * dilation) * depth + k])) *
                                       number(weights[(tap * columns + column) * depth + k]);
                        ASSERT_NEAR(result[i], sum, exact ? 1e-3 : 1e-5)
                            << count << " x " << width << ", " << i;
                    }
                }
            }
        }
    }
}

TEST_P(WordKernelsTest, ABatchIsItsProducts) {
    const std::int64_t columns = kernels().columns, depth = 64, stride = 48, batch = 3;
    for (const std::int64_t count : {1, 17, 32, 50}) {
        const Rounded rows =
            rounded(random_floats(batch * count * depth, 1), batch * count, depth, stride);
        std::vector<std::uint32_t> panel, low_panel;
        for (std::int64_t i = 0; i < batch; ++i) {
            const Rounded of_one = rounded(random_floats(columns * depth, 2 + static_cast<int>(i)),
                                           columns, depth, 32);
            for (const auto& [from, to] :
                 {std::pair{&of_one.high, &panel}, {&of_one.low, &low_panel}}) {
                const auto part = panel_of(*from, 32);
                to->insert(to->end(), part.begin(), part.end());
            }
        }
        const WordRun all = {.rows = rows.high.data(),
                             .row_stride = stride,
                             .count = count,
                             .words = 32,
                             .panel = panel.data(),
                             .result_stride = columns,
                             .columns = columns,
                             .low_rows = rows.low.data(),
                             .low_panel = low_panel.data(),
                             .batch = batch,
                             .rows_step = count * stride,
                             .panel_step = 32 * columns,
                             .result_step = count * columns};
        std::vector<float> together(batch * count * columns), apart(together.size());
        WordRun run = all;
        run.result = together.data();
        words().multiply_bf16(run);
        for (std::int64_t i = 0; i < batch; ++i) {
            run = all;
            run.batch = 1;
            run.rows += i * all.rows_step;
            run.low_rows += i * all.rows_step;
            run.panel += i * all.panel_step;
            run.low_panel += i * all.panel_step;
            run.result = apart.data() + i * all.result_step;
            words().multiply_bf16(run);
        }
        EXPECT_EQ(together, apart) << count;
    }
}

TEST_P(WordKernelsTest, MultiplyBytesByTheScalesOfRowsAndColumns) {
    const std::int64_t columns = kernels().columns, depth = 128, words_of_row = depth / 4;
    const auto bytes_of = [](std::int64_t count, std::uint32_t seed) {
        std::vector<std::int8_t> bytes;
        for (const float value : random_floats(count, seed))
            bytes.push_back(static_cast<std::int8_t>(std::lround(value * 127)));
        return bytes;
    };
    const auto words_of = [](const std::vector<std::int8_t>& bytes) {
        std::vector<std::uint32_t> result(bytes.size() / 4);
        std::memcpy(result.data(), bytes.data(), bytes.size());
        return result;
    };
    const auto x = bytes_of(40 * depth, 1), weights = bytes_of(columns * depth, 2);
    const auto row_scales = random_floats(40, 3), column_scales = random_floats(columns, 4);
    auto shifted = x;  // around the kernel's zero
    for (std::int8_t& byte : shifted) byte = static_cast<std::int8_t>(byte + words().zero);
    const auto rows = words_of(shifted), panel = panel_of(words_of(weights), words_of_row);
    std::vector<std::int32_t> column_sums;
    for (std::int64_t c = 0; c < columns; ++c) {
        const auto* const row = weights.data() + c * depth;
        column_sums.push_back(std::accumulate(row, row + depth, 0));
    }
    for (const std::int64_t count : {1, 16, 17, 39}) {
        for (const std::int64_t width : {std::int64_t{1}, std::int64_t{17}, columns}) {
            std::vector<float> result(40 * 41, untouched);
            words().multiply_int8({.rows = rows.data(),
                                   .row_stride = words_of_row,
                                   .count = count,
                                   .words = words_of_row,
                                   .panel = panel.data(),
                                   .result = result.data(),
                                   .result_stride = 41,
                                   .columns = width,
                                   .row_scales = row_scales.data(),
                                   .column_scales = column_scales.data(),
                                   .column_sums = column_sums.data()});
            for (std::int64_t i = 0; i < 40 * 41; ++i) {
                const std::int64_t row = i / 41, column = i % 41;
                if (row >= count || column >= width) {
                    ASSERT_EQ(result[i], untouched) << count << " x " << width << ", " << i;
                    continue;
                }
                std::int64_t sum = 0;
                for (std::int64_t k = 0; k < depth; ++k)
                    sum += x[row * depth + k] * weights[column * depth + k];
                const double right = double(sum) * row_scales[row] * column_scales[column];
                ASSERT_NEAR(result[i], right, 1e-6 * std::abs(right)) << row << ", " << column;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, WordKernelsTest, testing::ValuesIn(all_instruction_sets));

}  // namespace
}  // namespace acestep::onednn
