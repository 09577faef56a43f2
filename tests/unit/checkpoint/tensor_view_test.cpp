#include "checkpoint/tensor_view.h"

#include <limits>

#include <gtest/gtest.h>

namespace acestep::tests {
namespace {

using checkpoint::DataType;
using checkpoint::ggml_type;
using checkpoint::stored_bytes;

using Shape = std::vector<std::int64_t>;

TEST(TensorView, BlockSizesAreThoseOfGguf) {
    struct Size {
        std::uint32_t number;
        const char* name;
        std::int64_t elements, bytes;
    };
    // Sums over the fields of a block: 16-bit scales, packed scales, high bits, low bits.
    const std::vector<Size> sizes = {
        {0, "f32", 1, 4},
        {1, "f16", 1, 2},
        {2, "q4_0", 32, 2 + 16},
        {3, "q4_1", 32, 2 + 2 + 16},
        {6, "q5_0", 32, 2 + 4 + 16},
        {7, "q5_1", 32, 2 + 2 + 4 + 16},
        {8, "q8_0", 32, 2 + 32},
        {9, "q8_1", 32, 2 + 2 + 32},
        {10, "q2_k", 256, 16 + 64 + 2 + 2},
        {11, "q3_k", 256, 32 + 64 + 12 + 2},
        {12, "q4_k", 256, 2 + 2 + 12 + 128},
        {13, "q5_k", 256, 2 + 2 + 12 + 32 + 128},
        {14, "q6_k", 256, 128 + 64 + 16 + 2},
        {15, "q8_k", 256, 4 + 256 + 32},
        {16, "iq2_xxs", 256, 2 + 64},
        {17, "iq2_xs", 256, 2 + 64 + 8},
        {18, "iq3_xxs", 256, 2 + 96},
        {19, "iq1_s", 256, 2 + 32 + 16},
        {20, "iq4_nl", 32, 2 + 16},
        {21, "iq3_s", 256, 2 + 64 + 8 + 32 + 4},
        {22, "iq2_s", 256, 2 + 64 + 8 + 8},
        {23, "iq4_xs", 256, 2 + 2 + 4 + 128},
        {24, "i8", 1, 1},
        {25, "i16", 1, 2},
        {26, "i32", 1, 4},
        {27, "i64", 1, 8},
        {28, "f64", 1, 8},
        {29, "iq1_m", 256, 32 + 16 + 8},
        {30, "bf16", 1, 2},
        {34, "tq1_0", 256, 48 + 4 + 2},
        {35, "tq2_0", 256, 64 + 2},
        {39, "mxfp4", 32, 1 + 16},
        {40, "nvfp4", 64, 4 + 32},
    };
    for (const Size& size : sizes) {
        const auto type = ggml_type(size.number);
        ASSERT_TRUE(type) << size.name;
        EXPECT_EQ(name(*type), size.name);
        EXPECT_EQ(block_elements(*type), size.elements) << size.name;
        EXPECT_EQ(block_bytes(*type), size.bytes) << size.name;
    }
}

TEST(TensorView, RemovedAndForeignNumbersAreNoGgmlTypes) {
    for (const std::uint32_t number : {4U, 5U, 31U, 36U, 41U, 64U, 65U, 70U, 256U, 0xFFFFFFFFU})
        EXPECT_FALSE(ggml_type(number)) << number;
}

TEST(TensorView, StoredBytesFollowShapeAndType) {
    EXPECT_EQ(stored_bytes(DataType::f32, Shape{}), 4);
    EXPECT_EQ(stored_bytes(DataType::bf16, Shape{3, 5}), 30);
    EXPECT_EQ(stored_bytes(DataType::q8_0, Shape{2, 64}), 4 * 34);
    EXPECT_EQ(stored_bytes(DataType::f32, Shape{0, 7}), 0);
}

TEST(TensorView, ImpossibleShapesHaveNoStoredBytes) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    EXPECT_FALSE(stored_bytes(DataType::f32, Shape{-1}));
    EXPECT_FALSE(stored_bytes(DataType::u8, Shape{most, 2}));
    EXPECT_FALSE(stored_bytes(DataType::f32, Shape{most}));
    EXPECT_FALSE(stored_bytes(DataType::u8, Shape{most, 2, 0}));
    EXPECT_FALSE(stored_bytes(DataType::q8_0, Shape{64, 16}));
    EXPECT_FALSE(stored_bytes(DataType::q8_0, Shape{}));
}

}  // namespace
}  // namespace acestep::tests
