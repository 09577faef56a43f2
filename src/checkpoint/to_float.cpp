#include <fmt/format.h>

#include <cassert>
#include <cstring>

#include "acestep/error.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/float_formats.h"
#include "checkpoint/printable.h"

namespace acestep::checkpoint {
namespace {

// Copied element by element, because tensors in safetensors files may begin at any byte.
template <typename Stored, typename Convert>
void widen(std::span<const std::byte> bytes, std::span<float> values, Convert convert) {
    assert(values.size() == bytes.size() / sizeof(Stored));
    const std::byte* source = bytes.data();
    float* target = values.data();
    const std::size_t count = values.size();
    for (std::size_t i = 0; i < count; ++i) {
        Stored stored;
        std::memcpy(&stored, source + i * sizeof(Stored), sizeof(Stored));
        target[i] = convert(stored);
    }
}

template <typename Stored>
void convert_numbers(std::span<const std::byte> bytes, std::span<float> values) {
    widen<Stored>(bytes, values, [](Stored value) { return static_cast<float>(value); });
}

}  // namespace

std::vector<float> to_float(const TensorView& tensor) {
    // The file bounds this: a view has as many bytes as its shape asks for.
    const auto element = static_cast<std::size_t>(block_bytes(tensor.type));
    std::vector<float> values(tensor.bytes.size() / element);
    to_float(tensor, values);
    return values;
}

void to_float(const TensorView& tensor, std::span<float> values) {
    const auto bytes = tensor.bytes;
    switch (tensor.type) {
        case DataType::f32: return convert_numbers<float>(bytes, values);
        case DataType::f64: return convert_numbers<double>(bytes, values);
        case DataType::f16: return widen<std::uint16_t>(bytes, values, f16_to_float);
        case DataType::bf16: return widen<std::uint16_t>(bytes, values, bf16_to_float);
        case DataType::f8_e4m3: return widen<std::uint8_t>(bytes, values, f8_e4m3_to_float);
        case DataType::f8_e5m2: return widen<std::uint8_t>(bytes, values, f8_e5m2_to_float);
        case DataType::i8: return convert_numbers<std::int8_t>(bytes, values);
        case DataType::i16: return convert_numbers<std::int16_t>(bytes, values);
        case DataType::i32: return convert_numbers<std::int32_t>(bytes, values);
        case DataType::i64: return convert_numbers<std::int64_t>(bytes, values);
        case DataType::u8: return convert_numbers<std::uint8_t>(bytes, values);
        case DataType::u16: return convert_numbers<std::uint16_t>(bytes, values);
        case DataType::u32: return convert_numbers<std::uint32_t>(bytes, values);
        case DataType::u64: return convert_numbers<std::uint64_t>(bytes, values);
        case DataType::boolean:
            return widen<std::uint8_t>(bytes, values,
                                       [](std::uint8_t value) { return value != 0 ? 1.0f : 0.0f; });
        default: break;
    }
    throw Error(ErrorCode::unsupported,
                fmt::format("Tensor {} in {} is of the quantized type {}, which is not widened "
                            "here.",
                            printable(tensor.name), tensor.file, name(tensor.type)));
}

}  // namespace acestep::checkpoint
