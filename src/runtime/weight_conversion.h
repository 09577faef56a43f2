// Between stored tensors, float32 and ggml's types.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <ggml.h>

#include "checkpoint/tensor_view.h"
#include "onednn/backend.h"

namespace acestep::runtime {

/// The ggml type with the same bytes; GGML_TYPE_COUNT when there is none.
ggml_type ggml_type_of(const checkpoint::TensorView& tensor);

/// Whether a processor multiplies with matrices of this type and looks up their rows as they are.
/// ggml has a few block types that are only ever made on the way, never stored to be used.
bool computes_with(ggml_type type);

/// Values of any stored type as f32, quantized ones included. \throws Error{unsupported}
std::vector<float> to_float_any(const checkpoint::TensorView& tensor);

/// f32 values as f32, f16 or bf16, rounded to nearest even, or as q8_0, q6_K, q5_K or q4_K (whole
/// blocks, as ggml quantizes without an importance matrix). Blocks do not depend on each other, so
/// that the bytes are the same for any number of threads.
std::vector<std::byte> from_float(std::span<const float> values, ggml_type type, int threads = 1);

/// f32 values as `type`, one of these, into room for them.
void convert_values(std::span<const float> values, ggml_type type, std::byte* bytes);

/// Gives the rows of a stored tensor.
/// `tensor`'s bytes have to outlive it. \throws Error{unsupported} like `to_float_any`, here and
/// not when it is called.
onednn::ReadRow row_reader(const checkpoint::TensorView& tensor);

/// Gives a stored tensor in another type to `take`, some rows at a time and in order, so that the
/// f32 values between the two never are in memory as a whole.
/// \throws Error{unsupported} like `to_float_any`.
void convert(const checkpoint::TensorView& tensor, ggml_type type,
             const std::function<void(std::span<const std::byte> bytes)>& take, int threads = 1);

/// The same with the f32 values that became `bytes` beside them.
using TakeConverted =
    std::function<void(std::span<const float> values, std::span<const std::byte> bytes)>;
void convert(const checkpoint::TensorView& tensor, ggml_type type, const TakeConverted& take,
             int threads = 1);

}  // namespace acestep::runtime
