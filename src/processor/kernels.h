// What is compiled once per instruction set: the inner loops of the products and of attention.
//
// A kernel does a piece of the work on one thread. Its results depend on the instruction set (how
// many partial sums there are), never on how the work was cut into pieces.
#pragma once

#include <cstdint>

#include "processor/cached_attention.h"
#include "processor/instruction_set.h"
#include "processor/skinny_product.h"

namespace acestep::processor {

/// Vectors as `skinny_product` gets them.
struct Vectors {
    const float* x = nullptr;
    std::int64_t stride = 0;  ///< floats from one to the next
    std::int64_t count = 0;
};

/// The arguments of `skinny_product`, with the vectors packed by `Kernels::pack_vectors`.
struct Product {
    Matrix matrix;
    const float* packed = nullptr;
    float* y = nullptr;
    std::int64_t y_stride = 0;
    std::int64_t vectors = 0;
};

/// Kernels read the cache in blocks of so many rows.
constexpr int attention_block_rows = 16;

/// Attention of one query over some of the rows that it sees.
struct AttentionPart {
    const AttentionShape* shape = nullptr;
    const std::byte* keys = nullptr;
    const std::byte* values = nullptr;
    const float* query = nullptr;  ///< `[heads, head_dim]`
    VisibleRows rows;
};

/// The softmax of a part, not yet divided by its sum: `[heads]`, `[heads]` and `[heads, head_dim]`.
struct PartialAttention {
    float* maxima = nullptr;   ///< the largest score
    float* sums = nullptr;     ///< Σ exp(score − maximum)
    float* results = nullptr;  ///< Σ exp(score − maximum) · value
};

struct Kernels {
    /// How many numbers of 4 bytes so many vectors of `columns` are as `pack_vectors` leaves them.
    std::int64_t (*packed_numbers)(MatrixType type, std::int64_t columns, std::int64_t vectors);
    /// Brings vectors of `columns` numbers into the form in which `product_rows` reads them for a
    /// matrix of `type`. `packed` begins at a multiple of 64 bytes.
    void (*pack_vectors)(MatrixType type, std::int64_t columns, const Vectors& vectors,
                         float* packed);
    /// Writes y[v][row] of all vectors for the rows from `first` up to `end`.
    void (*product_rows)(const Product& product, std::int64_t first, std::int64_t end);
    void (*attention_part)(const AttentionPart& part, const PartialAttention& result);
};

/// \throws Error{internal} when this processor does not support `set`.
const Kernels& kernels_for(InstructionSet set);

/// Those of the best instruction set that this processor supports.
const Kernels& best_kernels();

/// `skinny_product` and `cached_attention` with given kernels.
void skinny_product(const Kernels& kernels, ThreadPool& pool, const Matrix& matrix,
                    const Vectors& vectors, float* y, std::int64_t y_stride);
void cached_attention(const Kernels& kernels, ThreadPool& pool, const AttentionShape& shape,
                      const void* keys, const void* values, const float* queries, float* result,
                      std::span<const VisibleRows> visible);

}  // namespace acestep::processor
