#include "runtime/weight_conversion.h"

#include <cstring>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace acestep::runtime
