// One named tensor in a mapped file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace acestep::checkpoint {

/// Element types of stored tensors. Values below 64 are ggml's own type numbers (ggml.h,
/// `enum ggml_type`), so that runtime can cast them; the others have no ggml counterpart and are
/// widened when read.
enum class DataType : std::uint8_t {
    f32 = 0,
    f16 = 1,
    q4_0 = 2,
    q4_1 = 3,
    q5_0 = 6,
    q5_1 = 7,
    q8_0 = 8,
    q8_1 = 9,
    q2_K = 10,
    q3_K = 11,
    q4_K = 12,
    q5_K = 13,
    q6_K = 14,
    q8_K = 15,
    iq2_xxs = 16,
    iq2_xs = 17,
    iq3_xxs = 18,
    iq1_s = 19,
    iq4_nl = 20,
    iq3_s = 21,
    iq2_s = 22,
    iq4_xs = 23,
    i8 = 24,
    i16 = 25,
    i32 = 26,
    i64 = 27,
    f64 = 28,
    iq1_m = 29,
    bf16 = 30,
    tq1_0 = 34,
    tq2_0 = 35,
    mxfp4 = 39,
    nvfp4 = 40,
    boolean = 64,
    u8 = 65,
    f8_e4m3 = 66,
    f8_e5m2 = 67,
    u16 = 68,
    u32 = 69,
    u64 = 70,
};

/// Lower case, such as "bf16" or "q8_0".
std::string_view name(DataType type);
/// Elements that are stored together: 1 for plain types, 32 or 256 for quantized ones.
std::int64_t block_elements(DataType type);
std::int64_t block_bytes(DataType type);
/// The type with this number in ggml's own list, as GGUF files name it; nothing when there is none.
std::optional<DataType> ggml_type(std::uint32_t number);

/// Bytes that a tensor takes in a file. Nothing when the shape is impossible: a negative dimension,
/// more elements than an int64 counts, or rows that are no whole number of blocks.
std::optional<std::int64_t> stored_bytes(DataType type, std::span<const std::int64_t> shape);

/// As messages show it, such as "[1024, 2048]".
std::string shape_text(std::span<const std::int64_t> shape);

/// A view: valid as long as the Checkpoint that gave it. `bytes.size()` is exactly what `shape` and
/// `type` ask for; that was checked when the file was opened. The data may be unaligned.
struct TensorView {
    std::string name;
    DataType type = DataType::f32;
    std::vector<std::int64_t> shape;  ///< slowest dimension first; all ≥ 0
    std::span<const std::byte> bytes;
    std::string file;  ///< path of the file, for messages
};

}  // namespace acestep::checkpoint
