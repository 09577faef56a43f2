#include <cmath>
#include <limits>

#include "checkpoint/checkpoint.h"
#include "checkpoint/float_formats.h"
#include "support/checkpoint_writer.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::DataType;
using checkpoint::TensorView;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Any binary format from its definition: sign, exponent, mantissa, all in double arithmetic.
double decode(unsigned bits, int exponent_bits, int mantissa_bits) {
    const int exponent_mask = (1 << exponent_bits) - 1;
    const int bias = exponent_mask / 2;
    const int mantissa_mask = (1 << mantissa_bits) - 1;
    const int mantissa = static_cast<int>(bits) & mantissa_mask;
    const int exponent = static_cast<int>(bits >> mantissa_bits) & exponent_mask;
    const double sign = (bits >> (exponent_bits + mantissa_bits)) != 0 ? -1 : 1;
    const double scale = std::ldexp(1.0, -mantissa_bits);
    if (exponent == exponent_mask) {
        return mantissa == 0 ? sign * std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    }
    if (exponent == 0) return sign * std::ldexp(mantissa * scale, 1 - bias);
    return sign * std::ldexp(1 + mantissa * scale, exponent - bias);
}

void expect_same(float got, double want, unsigned bits) {
    if (std::isnan(want)) {
        EXPECT_TRUE(std::isnan(got)) << bits;
    } else {
        EXPECT_EQ(double(got), want) << bits;
        EXPECT_EQ(std::signbit(got), std::signbit(want)) << bits;
    }
}

std::vector<float> widened(DataType type, const std::string& bytes) {
    const auto count = static_cast<std::int64_t>(bytes.size()) / block_bytes(type);
    return to_float(
        TensorView{.name = "x", .type = type, .shape = {count}, .bytes = as_bytes(bytes)});
}

std::vector<std::uint16_t> all_patterns() {
    std::vector<std::uint16_t> patterns;
    for (unsigned bits = 0; bits < 65536; ++bits)
        patterns.push_back(static_cast<std::uint16_t>(bits));
    return patterns;
}

TEST(ToFloat, WidensEveryF16PatternExactly) {
    const auto values = widened(DataType::f16, raw_bytes(all_patterns()));
    for (unsigned bits = 0; bits < 65536; ++bits)
        expect_same(values[bits], decode(bits, 5, 10), bits);
}

TEST(ToFloat, WidensEveryBf16PatternExactly) {
    const auto values = widened(DataType::bf16, raw_bytes(all_patterns()));
    for (unsigned bits = 0; bits < 65536; ++bits)
        expect_same(values[bits], decode(bits, 8, 7), bits);
}

TEST(ToFloat, WidensEveryF8E5m2PatternExactly) {
    for (unsigned bits = 0; bits < 256; ++bits) {
        expect_same(checkpoint::f8_e5m2_to_float(static_cast<std::uint8_t>(bits)),
                    decode(bits, 5, 2), bits);
    }
}

TEST(ToFloat, WidensEveryF8E4m3PatternExactly) {
    for (unsigned bits = 0; bits < 256; ++bits) {
        // "fn": the largest exponent is an ordinary one, and only all ones is NaN.
        const bool top = (bits & 0x78) == 0x78;
        const double sign = bits >= 128 ? -1 : 1;
        const double want = (bits & 0x7F) == 0x7F ? std::numeric_limits<double>::quiet_NaN()
                            : top                 ? sign * 256 * (1 + (bits & 7) / 8.0)
                                                  : decode(bits, 4, 3);
        expect_same(checkpoint::f8_e4m3_to_float(static_cast<std::uint8_t>(bits)), want, bits);
    }
}

TEST(ToFloat, WidensFloatsAndIntegersOfEverySize) {
    EXPECT_THAT(widened(DataType::f32, raw_bytes<float>({1.5f, -2})), ElementsAre(1.5f, -2));
    EXPECT_THAT(widened(DataType::f64, raw_bytes<double>({0.1, -2})), ElementsAre(0.1f, -2));
    EXPECT_THAT(widened(DataType::i8, raw_bytes<std::int8_t>({-128, 127})), ElementsAre(-128, 127));
    EXPECT_THAT(widened(DataType::u8, raw_bytes<std::uint8_t>({0, 255})), ElementsAre(0, 255));
    EXPECT_THAT(widened(DataType::i16, raw_bytes<std::int16_t>({-32768})), ElementsAre(-32768));
    EXPECT_THAT(widened(DataType::u16, raw_bytes<std::uint16_t>({65535})), ElementsAre(65535));
    EXPECT_THAT(widened(DataType::i32, raw_bytes<std::int32_t>({-65536})), ElementsAre(-65536));
    EXPECT_THAT(widened(DataType::u32, raw_bytes<std::uint32_t>({1U << 31})),
                ElementsAre(2147483648.0f));
    EXPECT_THAT(widened(DataType::i64, raw_bytes<std::int64_t>({-(1LL << 40)})),
                ElementsAre(-1099511627776.0f));
    EXPECT_THAT(widened(DataType::u64, raw_bytes<std::uint64_t>({1ULL << 63})),
                ElementsAre(9223372036854775808.0f));
    EXPECT_THAT(widened(DataType::boolean, std::string("\0\1\2", 3)), ElementsAre(0, 1, 1));
    EXPECT_THAT(widened(DataType::f8_e4m3, "\x38\xB8"), ElementsAre(1, -1));
    EXPECT_THAT(widened(DataType::f8_e5m2, "\x3C\xBC"), ElementsAre(1, -1));
    EXPECT_TRUE(widened(DataType::f32, "").empty());
}

TEST(ToFloat, ReadsDataAtAnyAddress) {
    const std::string shifted = "x" + raw_bytes<float>({1, 2, 3});
    const TensorView tensor{.shape = {3}, .bytes = as_bytes(shifted).subspan(1)};
    EXPECT_THAT(to_float(tensor), ElementsAre(1, 2, 3));
}

TEST(ToFloat, FillsMemoryThatIsThereAlready) {
    const StoredTensor stored = bf16_tensor("x", {2}, {1, 2});
    std::vector<float> values = {9, 9, 9};
    to_float(
        TensorView{.type = stored.type, .shape = stored.shape, .bytes = as_bytes(stored.bytes)},
        std::span(values).first(2));
    EXPECT_THAT(values, ElementsAre(1, 2, 9));
}

TEST(ToFloat, RefusesQuantizedTypesByName) {
    const TensorView tensor{.name = "a.weight", .type = DataType::q4_K, .file = "m.gguf"};
    EXPECT_THAT(refusal(ErrorCode::unsupported, [&] { to_float(tensor); }),
                AllOf(HasSubstr("a.weight"), HasSubstr("m.gguf"), HasSubstr("q4_k")));
}

}  // namespace
}  // namespace acestep::tests
