#include "runtime/weight_conversion.h"

#include <cstring>

#include <fmt/format.h>
#include <ggml-cpu.h>

#include "acestep/error.h"
#include "checkpoint/checkpoint.h"

namespace acestep::runtime {

ggml_type ggml_type_of(const checkpoint::TensorView& tensor) {
    // Stored types below 64 carry ggml's own numbers.
    const auto number = static_cast<int>(tensor.type);
    return number < GGML_TYPE_COUNT ? static_cast<ggml_type>(number) : GGML_TYPE_COUNT;
}

bool computes_with(ggml_type type) {
    switch (type) {
        case GGML_TYPE_F32:
        case GGML_TYPE_F16:
        case GGML_TYPE_BF16: return true;
        default:
            return ggml_is_quantized(type) && ggml_get_type_traits_cpu(type)->vec_dot &&
                   ggml_get_type_traits(type)->to_float;
    }
}

std::vector<float> to_float_any(const checkpoint::TensorView& tensor) {
    const ggml_type type = ggml_type_of(tensor);
    if (type == GGML_TYPE_COUNT || !ggml_is_quantized(type)) return checkpoint::to_float(tensor);
    const ggml_to_float_t convert = ggml_get_type_traits(type)->to_float;
    if (!convert) {
        throw Error(ErrorCode::unsupported,
                    fmt::format("Tensor {} in {} has the type {}, which cannot be widened.",
                                tensor.name, tensor.file, checkpoint::name(tensor.type)));
    }
    std::int64_t count = 1;
    for (const std::int64_t dimension : tensor.shape) count *= dimension;
    std::vector<float> values(static_cast<std::size_t>(count));
    // Blocks hold 16-bit scales, and a file may put them on an odd address.
    std::vector<std::byte> aligned(tensor.bytes.begin(), tensor.bytes.end());
    convert(aligned.data(), values.data(), count);
    return values;
}

std::vector<std::byte> from_float(std::span<const float> values, ggml_type type) {
    const auto count = static_cast<std::int64_t>(values.size());
    std::vector<std::byte> bytes(values.size() * ggml_type_size(type));
    switch (type) {
        case GGML_TYPE_F32: std::memcpy(bytes.data(), values.data(), bytes.size()); break;
        case GGML_TYPE_F16:
            ggml_fp32_to_fp16_row(values.data(), reinterpret_cast<ggml_fp16_t*>(bytes.data()),
                                  count);
            break;
        case GGML_TYPE_BF16:
            ggml_fp32_to_bf16_row(values.data(), reinterpret_cast<ggml_bf16_t*>(bytes.data()),
                                  count);
            break;
        default:
            throw Error(ErrorCode::internal,
                        fmt::format("Weights cannot be converted to {}.", ggml_type_name(type)));
    }
    return bytes;
}

}  // namespace acestep::runtime
