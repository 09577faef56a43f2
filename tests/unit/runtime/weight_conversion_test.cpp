#include "runtime/weight_conversion.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::runtime {
namespace {

using checkpoint::DataType;
using checkpoint::TensorView;

TEST(GgmlTypeOf, NumbersAndBlockSizesAreThoseOfGgml) {
    // Our table of stored types repeats ggml's; a newer ggml must not drift away from it.
    for (const DataType type :
         {DataType::f32,     DataType::f16,   DataType::bf16,   DataType::q4_0,    DataType::q4_1,
          DataType::q5_0,    DataType::q5_1,  DataType::q8_0,   DataType::q2_K,    DataType::q3_K,
          DataType::q4_K,    DataType::q5_K,  DataType::q6_K,   DataType::iq2_xxs, DataType::iq2_xs,
          DataType::iq3_xxs, DataType::iq1_s, DataType::iq4_nl, DataType::iq3_s,   DataType::iq2_s,
          DataType::iq4_xs,  DataType::i8,    DataType::i16,    DataType::i32,     DataType::i64,
          DataType::f64,     DataType::iq1_m, DataType::tq1_0,  DataType::tq2_0,   DataType::mxfp4,
          DataType::nvfp4}) {
        TensorView view;
        view.type = type;
        const ggml_type as_ggml = ggml_type_of(view);
        ASSERT_NE(as_ggml, GGML_TYPE_COUNT) << checkpoint::name(type);
        EXPECT_EQ(ggml_blck_size(as_ggml), checkpoint::block_elements(type))
            << checkpoint::name(type);
        EXPECT_EQ(static_cast<std::int64_t>(ggml_type_size(as_ggml)), checkpoint::block_bytes(type))
            << checkpoint::name(type);
    }
}

TEST(ToFloatAny, WidensQuantizedBlocksAtAnOddAddress) {
    // One q8_0 block: a scale of 0.5 in f16, then 32 signed bytes.
    std::vector<std::byte> file(1 + 34);
    const ggml_fp16_t scale = ggml_fp32_to_fp16(0.5f);
    std::memcpy(file.data() + 1, &scale, 2);
    for (int i = 0; i < 32; ++i) file[static_cast<std::size_t>(3 + i)] = std::byte(i - 16);
    TensorView view{"w", DataType::q8_0, {1, 32}, std::span(file).subspan(1), "file"};
    const std::vector<float> values = to_float_any(view);
    for (int i = 0; i < 32; ++i) {
        EXPECT_EQ(values[static_cast<std::size_t>(i)], 0.5f * static_cast<float>(i - 16));
    }
}

TEST(RowReader, GivesEveryRowOfAnyStoredTypeAtAnOddAddress) {
    constexpr std::int64_t rows = 3, columns = 256;
    std::vector<float> values(rows * columns);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(static_cast<int>(i * 37 % 101) - 50) / 16;
    for (const DataType type :
         {DataType::f32, DataType::f16, DataType::bf16, DataType::q8_0, DataType::q4_K}) {
        TensorView view{"w", type, {rows, columns}, {}, "file"};
        const std::vector<std::byte> bytes = from_float(values, ggml_type_of(view));
        std::vector<std::byte> file(1 + bytes.size());
        std::copy(bytes.begin(), bytes.end(), file.begin() + 1);
        view.bytes = std::span(file).subspan(1);
        const std::vector<float> all = to_float_any(view);
        const auto read = row_reader(view);
        for (const std::int64_t row : {2, 0, 1}) {
            std::vector<float> found(columns);
            read(row, found);
            EXPECT_TRUE(std::equal(found.begin(), found.end(), all.begin() + row * columns))
                << checkpoint::name(type) << ", row " << row;
        }
    }
}

TEST(RowReader, RefusesWhatCannotBeWidenedBeforeARowIsRead) {
    const std::vector<std::byte> bytes(2 * 8);
    TensorView view{"w", DataType::i64, {2, 1}, bytes, "file"};
    EXPECT_NO_THROW(row_reader(view));
    view.type = static_cast<DataType>(GGML_TYPE_Q8_1);  // which exists only while computing
    EXPECT_THROW(row_reader(view), Error);
}

TEST(ComputesWith, IsFalseForTypesThatOnlyExistOnTheWay) {
    EXPECT_TRUE(computes_with(GGML_TYPE_BF16));
    EXPECT_TRUE(computes_with(GGML_TYPE_Q8_0));
    EXPECT_TRUE(computes_with(GGML_TYPE_Q4_K));
    EXPECT_FALSE(computes_with(GGML_TYPE_Q8_1));
    EXPECT_FALSE(computes_with(GGML_TYPE_Q8_K));
    EXPECT_FALSE(computes_with(GGML_TYPE_I32));
}

TEST(FromFloat, RoundsToNearestEven) {
    const float halfway = 1.00390625f;  // between 1 and the next bf16; 1 is even
    const auto bytes = from_float(std::vector<float>{halfway, 1.0f, -2.5f}, GGML_TYPE_BF16);
    std::vector<ggml_bf16_t> stored(3);
    std::memcpy(stored.data(), bytes.data(), bytes.size());
    EXPECT_EQ(ggml_bf16_to_fp32(stored[0]), 1.0f);
    EXPECT_EQ(ggml_bf16_to_fp32(stored[1]), 1.0f);
    EXPECT_EQ(ggml_bf16_to_fp32(stored[2]), -2.5f);
}

constexpr ggml_type block_types[] = {GGML_TYPE_Q8_0, GGML_TYPE_Q6_K, GGML_TYPE_Q5_K,
                                     GGML_TYPE_Q4_K};

// Values like those of weights: normal, and each row on a scale of its own.
std::vector<float> weights(std::int64_t rows, std::int64_t columns) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::vector<float> values;
    for (std::int64_t row = 0; row < rows; ++row) {
        const float scale = std::exp2(static_cast<float>(row % 9) - 8);
        for (std::int64_t i = 0; i < columns; ++i) values.push_back(scale * normal(random));
    }
    return values;
}

double relative_error(const std::vector<float>& values, ggml_type type) {
    const auto bytes = from_float(values, type);
    const TensorView view{"w",
                          static_cast<DataType>(type),
                          {static_cast<std::int64_t>(values.size())},
                          bytes,
                          "file"};
    const std::vector<float> back = to_float_any(view);
    double lost = 0, whole = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        lost += std::pow(double(values[i]) - double(back[i]), 2);
        whole += std::pow(double(values[i]), 2);
    }
    return std::sqrt(lost / whole);
}

TEST(FromFloat, LosesWhatTheBitsOfAFormatLeaveOut) {
    // A uniform quantizer of b bits over ±3 deviations is off by 6 / 2^b / sqrt(12) of one.
    const std::vector<float> values = weights(32, 1024);
    const double bits[] = {8, 6, 5, 4};
    for (std::size_t i = 0; i < 4; ++i) {
        const double expected = 6 / std::exp2(bits[i]) / std::sqrt(12.0);
        EXPECT_LT(relative_error(values, block_types[i]), expected) << block_types[i];
        EXPECT_GT(relative_error(values, block_types[i]), expected / 4) << block_types[i];
    }
}

TEST(FromFloat, GivesTheSameBytesForAnyNumberOfThreads) {
    // More than one part for every thread, and the last part is short.
    const std::vector<float> values = weights(300, 1024);
    for (const ggml_type type :
         {GGML_TYPE_BF16, GGML_TYPE_Q8_0, GGML_TYPE_Q6_K, GGML_TYPE_Q5_K, GGML_TYPE_Q4_K}) {
        const auto alone = from_float(values, type, 1);
        for (const int threads : {2, 3, 8})
            EXPECT_EQ(from_float(values, type, threads), alone) << ggml_type_name(type);
    }
}

TEST(FromFloat, RefusesOpenBlocksAndTypesThatAreNotMadeHere) {
    EXPECT_THROW(from_float(std::vector<float>(255), GGML_TYPE_Q4_K), Error);
    EXPECT_THROW(from_float(std::vector<float>(256), GGML_TYPE_Q2_K), Error);
}

TEST(Convert, GivesThePiecesOfTheWhole) {
    // Wide rows, so that there are several pieces.
    const std::int64_t rows = 5, columns = 1 << 20;
    const std::vector<float> values = weights(rows, columns);
    const auto stored = std::as_bytes(std::span(values));
    const TensorView view{"w", DataType::f32, {rows, columns}, stored, "file"};
    std::vector<std::byte> bytes;
    std::vector<float> seen;
    int pieces = 0;
    const TakeConverted take = [&](std::span<const float> before,
                                   std::span<const std::byte> after) {
        seen.insert(seen.end(), before.begin(), before.end());
        bytes.insert(bytes.end(), after.begin(), after.end());
        ++pieces;
    };
    convert(view, GGML_TYPE_Q8_0, take, 2);
    EXPECT_GT(pieces, 1);
    EXPECT_EQ(seen, values);
    EXPECT_EQ(bytes, from_float(values, GGML_TYPE_Q8_0));
}

}  // namespace
}  // namespace acestep::runtime
