// oneDNN behind a few functions of ours: 2.x and 3.x alike, and nothing where the build has none.
//
// It multiplies by packed matrices: weights `[rows, columns]` in the order that oneDNN chose for
// this processor. One of absent_library.cpp and dnnl_library.cpp is built.
#pragma once

#include <cstddef>
#include <cstdint>

#include "onednn/backend.h"
#include "onednn/kernels/kernels.h"

namespace acestep::onednn {

/// What numbers are multiplied. int8: activations of 8 bits without sign (or 7, see
/// `activation_levels`), weights with sign, sums of 32 bits; the others sum in f32.
enum class PackedType { f32, bf16, int8 };

/// A matrix of weights.
struct PackedShape {
    PackedType type = PackedType::f32;
    std::int64_t rows = 0;     ///< outputs
    std::int64_t columns = 0;  ///< inputs

    auto operator<=>(const PackedShape&) const = default;
};

/// y[m][row] = Σ weights[row][column] · x[m][column]
struct PackedProduct {
    PackedShape shape;
    int threads = 1;
    std::int64_t count = 0;     ///< vectors m
    std::int64_t x_stride = 0;  ///< elements from one vector to the next
    std::int64_t y_stride = 0;
};
/// The memory that `multiply` works on. `x`: f32, bf16 or u8 by the type; `y`: f32, for int8 s32.
struct PackedOperands {
    const void* weights = nullptr;
    const void* x = nullptr;
    void* y = nullptr;
    void* scratch = nullptr;  ///< `scratch_bytes` of it
};

/// The best that the library uses here; ONEDNN_MAX_CPU_ISA (DNNL_MAX_CPU_ISA) limits it.
InstructionSet library_instruction_set();
/// The processor has instructions for products of bf16.
bool multiplies_bf16();
/// The largest level of an 8-bit activation. Without instructions for such products (VNNI) pairs of
/// them are summed in 16 bits, which overflow unless the activations keep to 7.
int activation_levels();

/// Whether such a matrix can be packed and multiplied by.
bool can_pack(const PackedShape& shape);
/// \pre can_pack(shape) for the following.
std::size_t packed_bytes(const PackedShape& shape);
/// From and to `[rows, columns]` of f32, bf16 or s8. \throws Error{internal}
void pack(const PackedShape& shape, const void* plain, void* packed);
void unpack(const PackedShape& shape, const void* packed, void* plain);

/// \throws Error{internal} when the library has no way to do it.
std::size_t scratch_bytes(const PackedProduct& product);
void multiply(const PackedProduct& product, const PackedOperands& operands);

}  // namespace acestep::onednn
