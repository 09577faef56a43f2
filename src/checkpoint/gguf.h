// GGUF, versions 2 and 3: metadata values, tensor descriptions, aligned data; all little-endian.
//
//     "GGUF", version u32, tensors u64, values u64
//     values:  key text, type u32, value        text: length u64, bytes
//     tensors: name text, dimensions u32, sizes u64 (fastest first), type u32, offset u64
//     data, beginning at the next multiple of general.alignment (32 unless given)
//
// Counts and lengths are never trusted for an allocation: reading ends where the file does, and
// arrays stay views. Shapes are turned round, so that they read slowest dimension first like those
// of safetensors; names stay as they are. Source: spec dit.md 9.3; the format of ggml 0.20.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "checkpoint/tensor_view.h"

namespace acestep::checkpoint {

/// Of a tensor of ggml.
constexpr std::uint32_t max_gguf_dimensions = 4;

/// Types of metadata values, by their numbers in the file.
enum class GgufType : std::uint32_t {
    u8 = 0,
    i8 = 1,
    u16 = 2,
    i16 = 3,
    u32 = 4,
    i32 = 5,
    f32 = 6,
    boolean = 7,
    text = 8,
    array = 9,
    u64 = 10,
    i64 = 11,
    f64 = 12,
};

/// A checked array: exactly `count` elements of `type` are in `bytes`. Never of arrays.
struct GgufArray {
    GgufType type = GgufType::u8;
    std::uint64_t count = 0;
    std::span<const std::byte> bytes;
};

/// Integers in the widest type of their sign. Texts point into the file, and may be any bytes.
using GgufValue =
    std::variant<bool, std::uint64_t, std::int64_t, float, double, std::string_view, GgufArray>;

struct GgufContents {
    std::map<std::string, GgufValue> values;
    std::vector<TensorView> tensors;  ///< in the order of their data
};

/// `bytes` is the whole file; values and tensors point into it. `file` is its path, for messages.
/// \throws Error{corrupt_file} naming file and key or tensor, Error{unsupported} for other versions
/// of the format, types of tensors that are not known here, and arrays of arrays
GgufContents read_gguf(std::span<const std::byte> bytes, const std::string& file);

/// The elements of an array that read_gguf gave.
std::vector<GgufValue> elements(const GgufArray& array);

}  // namespace acestep::checkpoint
