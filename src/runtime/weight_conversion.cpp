#include "runtime/weight_conversion.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <ggml-cpu.h>

#include "acestep/error.h"
#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "processor/thread_pool.h"

namespace acestep::runtime {
namespace {

// What a thread converts at once: whole blocks of every type, and far more work than its start.
constexpr std::int64_t values_per_part = 1 << 16;

bool is_made_here(ggml_type type) {
    switch (type) {
        case GGML_TYPE_F32:
        case GGML_TYPE_F16:
        case GGML_TYPE_BF16:
        case GGML_TYPE_Q8_0:
        case GGML_TYPE_Q6_K:
        case GGML_TYPE_Q5_K:
        case GGML_TYPE_Q4_K: return true;
        default: return false;
    }
}

}  // namespace

void convert_values(std::span<const float> values, ggml_type type, std::byte* bytes) {
    const auto count = static_cast<std::int64_t>(values.size());
    switch (type) {
        case GGML_TYPE_F32: std::memcpy(bytes, values.data(), values.size_bytes()); break;
        case GGML_TYPE_F16:
            ggml_cpu_fp32_to_fp16(values.data(), reinterpret_cast<ggml_fp16_t*>(bytes), count);
            break;
        case GGML_TYPE_BF16:
            ggml_fp32_to_bf16_row(values.data(), reinterpret_cast<ggml_bf16_t*>(bytes), count);
            break;
        default: ggml_quantize_chunk(type, values.data(), bytes, 0, 1, count, nullptr);
    }
}

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
    const std::int64_t count = element_count(tensor.shape);
    std::vector<float> values(static_cast<std::size_t>(count));
    // Blocks hold 16-bit scales, and a file may put them on an odd address.
    std::vector<std::byte> aligned(tensor.bytes.begin(), tensor.bytes.end());
    convert(aligned.data(), values.data(), count);
    return values;
}

std::vector<std::byte> from_float(std::span<const float> values, ggml_type type, int threads) {
    if (!is_made_here(type)) {
        throw Error(ErrorCode::internal,
                    fmt::format("Weights cannot be converted to {}.", ggml_type_name(type)));
    }
    const auto count = static_cast<std::int64_t>(values.size());
    if (count % ggml_blck_size(type) != 0) {
        throw Error(ErrorCode::internal, fmt::format("{} values are no whole blocks of {}.", count,
                                                     ggml_type_name(type)));
    }
    std::vector<std::byte> bytes(ggml_row_size(type, count));
    const std::int64_t parts = (count + values_per_part - 1) / values_per_part;
    const auto convert_part = [&](std::int64_t part) {
        const std::int64_t first = part * values_per_part;
        const std::int64_t size = std::min(values_per_part, count - first);
        convert_values(
            values.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(size)), type,
            bytes.data() + ggml_row_size(type, first));
    };
    if (threads > 1 && parts > 1) {
        processor::ThreadPool(static_cast<int>(std::min<std::int64_t>(threads, parts)))
            .run(parts, convert_part);
    } else {
        for (std::int64_t part = 0; part < parts; ++part) convert_part(part);
    }
    return bytes;
}

namespace {

/// Of a type that is no block type.
void widen_row(const checkpoint::TensorView& row, std::span<float> values) {
    const ggml_type type = ggml_type_of(row);
    const void* const bytes = row.bytes.data();
    const auto count = static_cast<std::int64_t>(values.size());
    // A file may put numbers on odd addresses.
    if (reinterpret_cast<std::uintptr_t>(bytes) % alignof(ggml_bf16_t) != 0)
        checkpoint::to_float(row, values);
    else if (type == GGML_TYPE_BF16)
        ggml_cpu_bf16_to_fp32(static_cast<const ggml_bf16_t*>(bytes), values.data(), count);
    else if (type == GGML_TYPE_F16)
        ggml_cpu_fp16_to_fp32(static_cast<const ggml_fp16_t*>(bytes), values.data(), count);
    else
        checkpoint::to_float(row, values);
}

}  // namespace

onednn::ReadRow row_reader(const checkpoint::TensorView& tensor) {
    // Without names, so that taking a row of it copies none.
    checkpoint::TensorView rows;
    rows.type = tensor.type;
    rows.bytes = tensor.bytes;
    const std::int64_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
    const ggml_type type = ggml_type_of(tensor);
    const std::size_t row_bytes =
        tensor.bytes.size() / static_cast<std::size_t>(element_count(tensor.shape) / columns);
    checkpoint::TensorView none = tensor;
    none.bytes = {};
    none.shape = {0};
    (void)to_float_any(none);  // what cannot be read is refused now
    if (type == GGML_TYPE_COUNT || !ggml_is_quantized(type)) {
        return [rows, row_bytes](std::int64_t row, std::span<float> values) {
            checkpoint::TensorView one = rows;
            one.bytes = rows.bytes.subspan(static_cast<std::size_t>(row) * row_bytes, row_bytes);
            widen_row(one, values);
        };
    }
    return [rows, row_bytes, convert = ggml_get_type_traits(type)->to_float](
               std::int64_t row, std::span<float> values) {
        const auto stored =
            rows.bytes.subspan(static_cast<std::size_t>(row) * row_bytes, row_bytes);
        const std::vector<std::byte> aligned(stored.begin(), stored.end());
        convert(aligned.data(), values.data(), static_cast<std::int64_t>(values.size()));
    };
}

namespace {

/// Gives the values of a stored tensor to `take`, some rows at a time and in order.
void widen(const checkpoint::TensorView& tensor,
           const std::function<void(std::span<const float>)>& take) {
    constexpr std::int64_t values_at_once = 1 << 20;
    const std::int64_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
    std::int64_t rows = 1;
    for (std::size_t i = 0; i + 1 < tensor.shape.size(); ++i) rows *= tensor.shape[i];
    if (rows == 0 || columns == 0) return;
    const std::size_t row_bytes = tensor.bytes.size() / static_cast<std::size_t>(rows);
    const std::int64_t step = std::max<std::int64_t>(1, values_at_once / columns);
    for (std::int64_t first = 0; first < rows; first += step) {
        const std::int64_t count = std::min(step, rows - first);
        checkpoint::TensorView part = tensor;
        part.shape = {count, columns};
        part.bytes = tensor.bytes.subspan(static_cast<std::size_t>(first) * row_bytes,
                                          static_cast<std::size_t>(count) * row_bytes);
        take(to_float_any(part));
    }
}

}  // namespace

void convert(const checkpoint::TensorView& tensor, ggml_type type, const TakeConverted& take,
             int threads) {
    widen(tensor,
          [&](std::span<const float> values) { take(values, from_float(values, type, threads)); });
}

void convert(const checkpoint::TensorView& tensor, ggml_type type,
             const std::function<void(std::span<const std::byte>)>& take, int threads) {
    const TakeConverted take_bytes = [&](std::span<const float>, std::span<const std::byte> bytes) {
        take(bytes);
    };
    convert(tensor, type, take_bytes, threads);
}

}  // namespace acestep::runtime
