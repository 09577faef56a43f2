#include "checkpoint/tensor_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>

namespace acestep::checkpoint {
namespace {

struct Layout {
    DataType type;
    std::string_view name;
    std::int64_t block_elements;
    std::int64_t block_bytes;
};

// The sizes of quantized blocks are part of the GGUF format: scales and minima in 16 bits before
// the packed values.
constexpr std::array layouts = {
    Layout{DataType::f32, "f32", 1, 4},
    Layout{DataType::f16, "f16", 1, 2},
    Layout{DataType::q4_0, "q4_0", 32, 18},
    Layout{DataType::q4_1, "q4_1", 32, 20},
    Layout{DataType::q5_0, "q5_0", 32, 22},
    Layout{DataType::q5_1, "q5_1", 32, 24},
    Layout{DataType::q8_0, "q8_0", 32, 34},
    Layout{DataType::q8_1, "q8_1", 32, 36},
    Layout{DataType::q2_K, "q2_k", 256, 84},
    Layout{DataType::q3_K, "q3_k", 256, 110},
    Layout{DataType::q4_K, "q4_k", 256, 144},
    Layout{DataType::q5_K, "q5_k", 256, 176},
    Layout{DataType::q6_K, "q6_k", 256, 210},
    Layout{DataType::q8_K, "q8_k", 256, 292},
    Layout{DataType::iq2_xxs, "iq2_xxs", 256, 66},
    Layout{DataType::iq2_xs, "iq2_xs", 256, 74},
    Layout{DataType::iq3_xxs, "iq3_xxs", 256, 98},
    Layout{DataType::iq1_s, "iq1_s", 256, 50},
    Layout{DataType::iq4_nl, "iq4_nl", 32, 18},
    Layout{DataType::iq3_s, "iq3_s", 256, 110},
    Layout{DataType::iq2_s, "iq2_s", 256, 82},
    Layout{DataType::iq4_xs, "iq4_xs", 256, 136},
    Layout{DataType::i8, "i8", 1, 1},
    Layout{DataType::i16, "i16", 1, 2},
    Layout{DataType::i32, "i32", 1, 4},
    Layout{DataType::i64, "i64", 1, 8},
    Layout{DataType::f64, "f64", 1, 8},
    Layout{DataType::iq1_m, "iq1_m", 256, 56},
    Layout{DataType::bf16, "bf16", 1, 2},
    Layout{DataType::tq1_0, "tq1_0", 256, 54},
    Layout{DataType::tq2_0, "tq2_0", 256, 66},
    Layout{DataType::mxfp4, "mxfp4", 32, 17},
    Layout{DataType::nvfp4, "nvfp4", 64, 36},
    Layout{DataType::boolean, "bool", 1, 1},
    Layout{DataType::u8, "u8", 1, 1},
    Layout{DataType::f8_e4m3, "f8_e4m3", 1, 1},
    Layout{DataType::f8_e5m2, "f8_e5m2", 1, 1},
    Layout{DataType::u16, "u16", 1, 2},
    Layout{DataType::u32, "u32", 1, 4},
    Layout{DataType::u64, "u64", 1, 8},
};

const Layout& layout(DataType type) {
    // Every enumerator is in the table, so the search ends before the table does.
    return *std::find_if(layouts.begin(), layouts.end(),
                         [&](const Layout& entry) { return entry.type == type; });
}

// Nothing when the product of two counts is more than an int64 holds.
std::optional<std::int64_t> checked_product(std::int64_t left, std::int64_t right) {
    if (right != 0 && left > std::numeric_limits<std::int64_t>::max() / right) return std::nullopt;
    return left * right;
}

}  // namespace

std::string_view name(DataType type) {
    return layout(type).name;
}
std::int64_t block_elements(DataType type) {
    return layout(type).block_elements;
}
std::int64_t block_bytes(DataType type) {
    return layout(type).block_bytes;
}

std::optional<DataType> ggml_type(std::uint32_t number) {
    const auto found = std::find_if(layouts.begin(), layouts.end(), [&](const Layout& entry) {
        return static_cast<std::uint32_t>(entry.type) == number;
    });
    constexpr std::uint32_t first_without_ggml = 64;
    if (found == layouts.end() || number >= first_without_ggml) return std::nullopt;
    return found->type;
}

std::optional<std::int64_t> stored_bytes(DataType type, std::span<const std::int64_t> shape) {
    // Multiplied in order and without a shortcut for zeros, so that whoever multiplies the same
    // dimensions later cannot overflow either.
    std::int64_t elements = 1;
    for (const std::int64_t dimension : shape) {
        const auto product = dimension < 0 ? std::nullopt : checked_product(elements, dimension);
        if (!product) return std::nullopt;
        elements = *product;
    }
    const std::int64_t row = shape.empty() ? 1 : shape.back();
    if (row % block_elements(type) != 0) return std::nullopt;
    return checked_product(elements / block_elements(type), block_bytes(type));
}

std::string shape_text(std::span<const std::int64_t> shape) {
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

}  // namespace acestep::checkpoint
