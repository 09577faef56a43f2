#include "processor/skinny_product.h"

#include <algorithm>
#include <memory>

#include "processor/kernels.h"

namespace acestep::processor {
namespace {

/// A chunk has so many rows. Many chunks for each thread let all end together; large ones are read
/// faster, up to where a chunk and the vectors fill a core's own cache.
std::int64_t chunk_rows(const Matrix& matrix, int threads) {
    constexpr std::int64_t least_bytes = 32 * 1024, most_bytes = 256 * 1024;
    const auto row_bytes = std::max(static_cast<std::int64_t>(matrix.row_bytes), std::int64_t{1});
    const std::int64_t share = matrix.rows * row_bytes / threads / 8;
    const std::int64_t rows = std::clamp(share, least_bytes, most_bytes) / row_bytes;
    return std::max(rows / 16 * 16, std::int64_t{16});  // what kernels multiply at once divides it
}

struct alignas(64) CacheLine {
    float numbers[16];
};

/// Room for `count` numbers, from the beginning of a line.
std::unique_ptr<CacheLine[]> lines_for(std::int64_t count) {
    return std::make_unique_for_overwrite<CacheLine[]>(static_cast<std::size_t>(count + 15) / 16);
}

}  // namespace

void skinny_product(const Kernels& kernels, ThreadPool& pool, const Matrix& matrix,
                    const Vectors& vectors, float* y, std::int64_t y_stride) {
    if (vectors.count <= 0 || matrix.rows <= 0) return;
    const auto packed =
        lines_for(kernels.packed_numbers(matrix.type, matrix.columns, vectors.count));
    kernels.pack_vectors(matrix.type, matrix.columns, vectors, packed[0].numbers);
    const Product product = {.matrix = matrix,
                             .packed = packed[0].numbers,
                             .y = y,
                             .y_stride = y_stride,
                             .vectors = vectors.count};
    const std::int64_t rows = chunk_rows(matrix, pool.threads());
    pool.run((matrix.rows + rows - 1) / rows, [&](std::int64_t chunk) {
        const std::int64_t first = chunk * rows;
        kernels.product_rows(product, first, std::min(first + rows, matrix.rows));
    });
}

void skinny_product(ThreadPool& pool, const Matrix& matrix, const float* x, std::int64_t x_stride,
                    float* y, std::int64_t y_stride, std::int64_t vectors) {
    skinny_product(best_kernels(), pool, matrix, {.x = x, .stride = x_stride, .count = vectors}, y,
                   y_stride);
}

}  // namespace acestep::processor
