#include "unit/processor/stored_numbers.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

namespace acestep::processor {
namespace {

using Random = std::mt19937_64;

template <typename Number>
void append(std::vector<std::byte>& bytes, Number number) {
    const auto* first = reinterpret_cast<const std::byte*>(&number);
    bytes.insert(bytes.end(), first, first + sizeof number);
}

/// An f16 below 2 with every bit pattern as likely as another, subnormal numbers included.
std::uint16_t random_f16(Random& random) {
    return static_cast<std::uint16_t>(random() & 0xbfff);
}

std::uint16_t random_bf16(Random& random) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(random() >> 40) * 0x1p-24f);
    return static_cast<std::uint16_t>((bits >> 16) | (random() & 0x8000));
}

void append_number(StoredNumbers& numbers, MatrixType type, Random& random) {
    if (type == MatrixType::f32) {
        const float value = static_cast<float>(random() >> 40) * 0x1p-23f - 1;
        append(numbers.bytes, value);
        numbers.values.push_back(value);
        return;
    }
    const bool half = type == MatrixType::f16;
    const std::uint16_t bits = half ? random_f16(random) : random_bf16(random);
    append(numbers.bytes, bits);
    numbers.values.push_back(half ? value_of_f16(bits) : value_of_bf16(bits));
}

void append_block(StoredNumbers& numbers, Random& random) {
    const std::uint16_t scale = random_f16(random);
    append(numbers.bytes, scale);
    for (int i = 0; i < 32; ++i) {
        const auto integer = static_cast<std::int8_t>(random());
        append(numbers.bytes, integer);
        numbers.values.push_back(value_of_f16(scale) * integer);
    }
}

}  // namespace

std::vector<InstructionSet> instruction_sets_here() {
    std::vector<InstructionSet> sets;
    for (const InstructionSet set : all_instruction_sets)
        if (supported(set)) sets.push_back(set);
    return sets;
}

double value_of_f16(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const double sign = bits & 0x8000 ? -1 : 1;
    if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, exponent - 25);
}

double value_of_bf16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::vector<float> random_floats(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(random() >> 40) * 0x1p-23f - 1;
    return values;
}

StoredNumbers random_rows(MatrixType type, std::int64_t rows, std::int64_t columns,
                          std::size_t padding, std::uint64_t seed) {
    Random random(seed);
    StoredNumbers numbers;
    for (std::int64_t row = 0; row < rows; ++row) {
        if (type == MatrixType::q8_0) {
            for (std::int64_t block = 0; block < columns / 32; ++block)
                append_block(numbers, random);
        } else {
            for (std::int64_t column = 0; column < columns; ++column)
                append_number(numbers, type, random);
        }
        numbers.bytes.insert(numbers.bytes.end(), padding, std::byte{0x7f});
    }
    return numbers;
}

std::size_t row_bytes_of(MatrixType type, std::int64_t columns) {
    const auto count = static_cast<std::size_t>(columns);
    switch (type) {
        case MatrixType::f32: return count * 4;
        case MatrixType::f16:
        case MatrixType::bf16: return count * 2;
        case MatrixType::q8_0: return count / 32 * 34;
    }
    return 0;
}

}  // namespace acestep::processor
