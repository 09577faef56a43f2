// In which type a weight is kept: a table of what is asked for, how the tensor is used, how it is
// stored and how long its rows are. Loading and converting both go by it.
//
// Bits per weight: bf16 and f16 16, q8_0 8.5, q6_k 6.56, q5_k 5.5, q4_k 4.5. A row has to be whole
// blocks: of 32 for q8_0, of 256 for the k-quants. A k-quant whose rows are not becomes q8_0, and
// q8_0 bf16. Errors of each: docs/numbers.md. Source: spec dit.md 9.3.
#pragma once

#include <ggml.h>

#include "runtime/tensor_shape.h"

namespace acestep::runtime {

/// How a tensor is used, which decides the types it may have.
enum class WeightRole {
    matrix,            ///< multiplied with activations: takes the policy's type
    sensitive_matrix,  ///< a network's first and last projections, which every value passes and
                       ///< which are small: never quantized here
    exact,             ///< norms, biases, tables added or multiplied elementwise: always f32
    table,             ///< rows are looked up: kept as stored
};

/// The type of matrices. bf16 has the range of f32, which the residual streams of transformers need
/// (spec dit.md 11.3); f16 has three bits more, which the autoencoder's sines need. `f32` widens
/// all. Matrices of a GGUF that are quantized stay as they are unless fewer bits are asked for.
enum class WeightPolicy { f32, bf16, f16, q8_0, q6_k, q5_k, q4_k };

/// All types that a policy may name.
inline constexpr ggml_type matrix_types[] = {GGML_TYPE_F32,  GGML_TYPE_BF16, GGML_TYPE_F16,
                                             GGML_TYPE_Q8_0, GGML_TYPE_Q6_K, GGML_TYPE_Q5_K,
                                             GGML_TYPE_Q4_K};

/// The type that the policy names.
ggml_type type_of(WeightPolicy policy);

/// `stored`: the type in the checkpoint; GGML_TYPE_COUNT for what is computed or has no type of
/// ggml's. `shape` has at least one dimension.
ggml_type planned_type(WeightPolicy policy, WeightRole role, ggml_type stored, const Shape& shape);

}  // namespace acestep::runtime
