// Products of plain weights with activations in f32, in blocks that fit the caches.
//
// Weights of any ggml type stay where and as they are; a panel of them is widened into the nearest
// cache and used for a block of some hundred rows of activations. So they are held once, and the
// widening costs a few hundredths of the time.
#pragma once

#include <cstddef>
#include <cstdint>

#include <ggml.h>

#include "onednn/kernels/kernels.h"

namespace acestep::onednn {

/// Weights `[rows, columns]`, each row contiguous.
struct Matrix {
    const void* data = nullptr;
    ggml_type type = GGML_TYPE_F32;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::size_t row_bytes = 0;  ///< from one row to the next
};

/// A tensor `[rows, columns]`; of one with more dimensions the first matrix.
Matrix matrix_of(const ggml_tensor* weight);

/// Rows of activations. For a plain product: the rows of a matrix, `taps` 1. For a convolution row
/// m is the `taps` frames m · stride + tap · dilation − padding of a signal `[length, channels]`,
/// side by side; frames outside are zero.
struct Rows {
    const float* data = nullptr;
    std::int64_t count = 0;       ///< of rows m
    std::int64_t length = 0;      ///< of the signal
    std::int64_t row_stride = 0;  ///< floats from a frame to the next
    std::int64_t channels = 0;
    std::int64_t taps = 1;
    std::int64_t stride = 1;
    std::int64_t dilation = 1;
    std::int64_t padding = 0;

    std::int64_t columns() const { return taps * channels; }
};

/// result[m][row] = Σ matrix[row][column] · rows[m][column], finished as asked. `finish.residual`
/// is `[count, rows]` and must not be what `result` overwrites, unless it is exactly that.
struct Product {
    Matrix matrix;
    Rows rows;
    float* result = nullptr;
    std::int64_t result_stride = 0;  ///< floats
    Finish finish;
    /// Of products on words: the result is too large to be read from a cache later.
    bool leaves_cache = false;
};

/// Chunks of a product are independent of each other; what one computes does not depend on how many
/// there are.
std::int64_t chunks(const Product& product, int threads);
void compute_chunk(const Kernels& kernels, const Product& product, std::int64_t chunk,
                   std::int64_t chunks);

/// Of how many columns a panel of weights is made at most: it fills half of the nearest cache, and
/// begins and ends with the blocks of a quantized type.
constexpr std::int64_t panel_depth = 256;

/// From a gathered row of so many numbers to the next: a gap keeps the rows of a block from falling
/// on the same lines of a cache.
constexpr std::int64_t row_floats = panel_depth + 16;

/// Work space of one thread, for products and attention; kept as long as the thread.
constexpr std::size_t thread_scratch_bytes = 1792 * 1024;
float* thread_scratch();

/// How many of `panels` are brought into another order at a time for one operation. Every chunk
/// reads them, so they should stay in the last cache.
std::int64_t panels_that_stay(std::int64_t panel_bytes, std::int64_t panels, int threads);

/// A part of a matrix: rows `first` … `first + count` − 1, columns `begin` … `begin + depth` − 1.
/// `begin` and `depth` are multiples of the type's block, but at the end of a row.
struct MatrixPart {
    std::int64_t first, count, begin, depth;
};

/// The part as f32, its rows `stride` numbers apart.
void widen(const Matrix& matrix, const MatrixPart& part, float* to, std::int64_t stride);

/// The part as a panel (kernels.h). `wide` is room for it as f32, used if it is of another type.
void make_panel(const Kernels& kernels, const Matrix& matrix, const MatrixPart& part, float* wide,
                float* panel);

}  // namespace acestep::onednn
