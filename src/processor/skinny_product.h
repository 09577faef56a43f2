// Products of a large matrix with a few vectors: what a language model does for every token.
//
// The matrix is read from memory once, whatever the number of vectors, and that is what the time is
// spent on: so rows are read in order, widened to f32 in registers and used for all vectors at
// once. Vectors and sums are f32; nothing is rounded on the way.
#pragma once

#include <cstddef>
#include <cstdint>

#include "processor/thread_pool.h"

namespace acestep::processor {

/// How a matrix is stored. `q8_0` is ggml's: blocks of 32 columns, an f16 scale and 32 int8.
enum class MatrixType { f32, f16, bf16, q8_0 };

struct Matrix {
    const void* data = nullptr;
    MatrixType type = MatrixType::f32;
    std::int64_t rows = 0;
    std::int64_t columns = 0;   ///< q8_0: a multiple of 32
    std::size_t row_bytes = 0;  ///< from one row to the next
};

/// y[v][row] = Σ matrix[row][column] · x[v][column] for `vectors` vectors v. Strides count floats.
void skinny_product(ThreadPool& pool, const Matrix& matrix, const float* x, std::int64_t x_stride,
                    float* y, std::int64_t y_stride, std::int64_t vectors);

}  // namespace acestep::processor
