// Products by the tile registers of AMX, as tile_vectors.h tells; the rest is as in AVX-512.
// CMakeLists.txt has the compiler's options.
#if defined(__x86_64__)

#include <immintrin.h>

#include "base/tile_registers.h"
#include "processor/kernels.h"
#include "processor/tile_vectors.h"

namespace acestep::processor {

extern const Kernels kernels_x86_64_v4;

namespace {

// Which register holds what; the instructions take the number as a constant.
#define ACESTEP_SUMS_0 0
#define ACESTEP_SUMS_1 1
#define ACESTEP_SUMS_2 2
#define ACESTEP_ROWS_0 3
#define ACESTEP_ROWS_1 4
#define ACESTEP_COLUMNS_0 5
#define ACESTEP_COLUMNS_1 6
#define ACESTEP_COLUMNS_2 7

std::int64_t packed_tile_numbers(MatrixType type, std::int64_t columns, std::int64_t vectors) {
    switch (type) {
        case MatrixType::bf16: return packed_numbers_of(Step::bf16, columns, vectors);
        case MatrixType::q8_0: return packed_numbers_of(Step::block, columns, vectors);
        default: return kernels_x86_64_v4.packed_numbers(type, columns, vectors);
    }
}

void pack_for_tiles(MatrixType type, std::int64_t columns, const Vectors& vectors, float* packed) {
    switch (type) {
        case MatrixType::bf16: return pack_passes<Step::bf16>(vectors, columns, packed);
        case MatrixType::q8_0: return pack_passes<Step::block>(vectors, columns, packed);
        default: return kernels_x86_64_v4.pack_vectors(type, columns, vectors, packed);
    }
}

TileConfiguration configuration_for(Step step, int row_count, int width) {
    TileConfiguration configuration;
    const auto divide = [&](int tile, int rows, int words) {
        configuration.rows[tile] = static_cast<std::uint8_t>(rows);
        configuration.row_bytes[tile] = static_cast<std::uint16_t>(4 * words);
    };
    for (const int sums : {ACESTEP_SUMS_0, ACESTEP_SUMS_1, ACESTEP_SUMS_2})
        divide(sums, row_count, width);
    for (const int rows : {ACESTEP_ROWS_0, ACESTEP_ROWS_1})
        divide(rows, row_count, word_rows(step));
    for (const int columns : {ACESTEP_COLUMNS_0, ACESTEP_COLUMNS_1, ACESTEP_COLUMNS_2})
        divide(columns, word_rows(step), width);
    return configuration;
}

/// Up to 16 rows of a matrix, and what is asked for while they are multiplied: as many that follow.
struct RowGroup {
    const Matrix* matrix;
    const std::byte* data;
    std::int64_t first;
    int count;
    const std::byte* ahead = nullptr;  ///< null: nothing

    static constexpr int line = 64;

    /// `bytes` of the following rows, into the second-level cache. They lie one behind the other.
    void ask_for(std::int64_t bytes) {
        if (!ahead) return;
        for (std::int64_t at = 0; at < bytes; at += line) _mm_prefetch(ahead + at, _MM_HINT_T1);
        ahead += bytes;
    }
};

/// Where the sums of a group go before they are results.
struct alignas(64) Sums {
    float of[most_tiles][tile_rows * tile_columns];
};

/// A pass as it is multiplied.
struct Pass {
    int vectors, tiles, width;
    const std::byte* words;
    const float* units;
};

template <int tiles>
void multiply_bf16_step(const std::byte* rows, std::size_t row_bytes, const std::byte* words,
                        std::int64_t width) {
    const std::int64_t tile = word_rows(Step::bf16) * width * 4;
    _tile_loadd(ACESTEP_ROWS_0, rows, row_bytes);
    _tile_loadd(ACESTEP_COLUMNS_0, words, width * 4);
    _tile_dpbf16ps(ACESTEP_SUMS_0, ACESTEP_ROWS_0, ACESTEP_COLUMNS_0);
    if constexpr (tiles > 1) {
        _tile_loadd(ACESTEP_COLUMNS_1, words + tile, width * 4);
        _tile_dpbf16ps(ACESTEP_SUMS_1, ACESTEP_ROWS_0, ACESTEP_COLUMNS_1);
    }
    if constexpr (tiles > 2) {
        _tile_loadd(ACESTEP_COLUMNS_2, words + 2 * tile, width * 4);
        _tile_dpbf16ps(ACESTEP_SUMS_2, ACESTEP_ROWS_0, ACESTEP_COLUMNS_2);
    }
}

/// The columns after the last whole step, as a step of zeros behind them.
struct LastStep {
    alignas(64) std::byte rows[tile_rows][bytes_of(Step::bf16)] = {};

    LastStep(const RowGroup& group, const std::byte* data, std::int64_t columns) {
        for (int r = 0; r < group.count; ++r) {
            std::memcpy(rows[r], data + static_cast<std::size_t>(r) * group.matrix->row_bytes,
                        static_cast<std::size_t>(columns) * 2);
        }
        write_to_memory();
    }
};

template <int tiles>
void multiply_bf16_group(RowGroup group, const Pass& pass, Sums& sums) {
    constexpr int bytes = bytes_of(Step::bf16);
    const std::int64_t words = std::int64_t{tiles} * word_rows(Step::bf16) * pass.width * 4;
    _tile_zero(ACESTEP_SUMS_0);
    _tile_zero(ACESTEP_SUMS_1);
    _tile_zero(ACESTEP_SUMS_2);
    const std::byte *rows = group.data, *at = pass.words;
    std::int64_t left = group.matrix->columns;
    for (; left >= step_columns; left -= step_columns, rows += bytes, at += words) {
        group.ask_for(bytes * tile_rows);
        multiply_bf16_step<tiles>(rows, group.matrix->row_bytes, at, pass.width);
    }
    if (left > 0) {
        const LastStep last(group, rows, left);
        multiply_bf16_step<tiles>(last.rows[0], bytes, at, pass.width);
    }
    _tile_stored(ACESTEP_SUMS_0, sums.of[0], pass.width * 4);
    if constexpr (tiles > 1) _tile_stored(ACESTEP_SUMS_1, sums.of[1], pass.width * 4);
    if constexpr (tiles > 2) _tile_stored(ACESTEP_SUMS_2, sums.of[2], pass.width * 4);
}

void multiply_bf16(const RowGroup& group, const Pass& pass, Sums& sums) {
    switch (pass.tiles) {
        case 1: return multiply_bf16_group<1>(group, pass, sums);
        case 2: return multiply_bf16_group<2>(group, pass, sums);
        case 3: return multiply_bf16_group<3>(group, pass, sums);
    }
}

/// The scales of a block of each row: its first two bytes.
Floats scales_of(const RowGroup& group, __m512i row_offsets, std::int64_t block) {
    const auto mask = static_cast<__mmask16>((1 << group.count) - 1);
    const __m512i words = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask, row_offsets,
                                                      group.data + block * block_bytes, 1);
    return _mm512_maskz_cvtph_ps(0xffff, _mm512_maskz_cvtepi32_epi16(0xffff, words));
}

/// A tile of `width` columns in registers: which row each number of a register belongs to.
template <int width>
struct alignas(64) RowsOfRegisters {
    std::int32_t of[width][lanes] = {};

    constexpr RowsOfRegisters() {
        for (int i = 0; i < width; ++i)
            for (int lane = 0; lane < lanes; ++lane) of[i][lane] = (i * lanes + lane) / width;
    }
};
template <int width>
constexpr RowsOfRegisters<width> rows_of_registers;

/// Register `index` of a tile of `width` columns holds some rows: the scale of each in its columns.
template <int width>
Floats spread(Floats scales, int index) {
    const auto rows = load<__m512i>(rows_of_registers<width>.of[index]);
    return _mm512_maskz_permutexvar_ps(0xffff, rows, scales);
}

/// The units of the columns, for each of those rows.
template <int width>
Floats repeated(const float* units) {
    if constexpr (width == 16) return load(units);
    if constexpr (width == 8) return _mm512_maskz_broadcast_f32x8(0xffff, load<__m256>(units));
    if constexpr (width == 4) return _mm512_maskz_broadcast_f32x4(0xffff, load<__m128>(units));
}

/// The integer sums of a block. Registers take turns, so that it need not wait for the one before.
void multiply_block(const std::byte* integers, std::size_t row_bytes, const std::byte* words,
                    int width, bool odd, std::int32_t* sums) {
    if (odd) {
        _tile_zero(ACESTEP_SUMS_1);
        _tile_loadd(ACESTEP_ROWS_1, integers, row_bytes);
        _tile_loadd(ACESTEP_COLUMNS_1, words, width * 4);
        _tile_dpbssd(ACESTEP_SUMS_1, ACESTEP_ROWS_1, ACESTEP_COLUMNS_1);
        _tile_stored(ACESTEP_SUMS_1, sums, width * 4);
    } else {
        _tile_zero(ACESTEP_SUMS_0);
        _tile_loadd(ACESTEP_ROWS_0, integers, row_bytes);
        _tile_loadd(ACESTEP_COLUMNS_0, words, width * 4);
        _tile_dpbssd(ACESTEP_SUMS_0, ACESTEP_ROWS_0, ACESTEP_COLUMNS_0);
        _tile_stored(ACESTEP_SUMS_0, sums, width * 4);
    }
    write_to_memory();
}

/// The columns of one tile.
template <int width>
void multiply_blocks(RowGroup& group, const Pass& pass, int tile, float* to) {
    constexpr int registers = width;  // 16 rows of so many columns
    const std::int64_t tile_words = std::int64_t{word_rows(Step::block)} * width;
    const std::int64_t blocks = group.matrix->columns / step_columns;
    const auto row_bytes = static_cast<std::int32_t>(group.matrix->row_bytes);
    Integers row_offsets;
    for (int row = 0; row < lanes; ++row) row_offsets[row] = row * row_bytes;
    alignas(64) std::int32_t integer_sums[2][tile_rows * width] = {};
    Floats sums[registers] = {};
    for (std::int64_t block = 0; block < blocks; ++block) {
        group.ask_for(block_bytes * tile_rows);
        const std::int64_t at = block * pass.tiles + tile;
        std::int32_t* const integers = integer_sums[block % 2];
        multiply_block(group.data + block * block_bytes + 2, group.matrix->row_bytes,
                       pass.words + at * tile_words * 4, width, block % 2 != 0, integers);
        const Floats scales = scales_of(group, same_bits<__m512i>(row_offsets), block);
        alignas(64) float scale_of[lanes];
        store(scale_of, scales);
        const Floats units = repeated<width>(pass.units + at * width);
        ACESTEP_UNROLL
        for (int i = 0; i < registers; ++i) {
            const Floats factors =
                (width == 16 ? all(scale_of[i]) : spread<width>(scales, i)) * units;
            sums[i] += to_floats(load<Integers>(integers + i * lanes)) * factors;
        }
    }
    std::memcpy(to, sums, sizeof sums);
}

void multiply_q8_0(RowGroup group, const Pass& pass, Sums& sums) {
    for (int tile = 0; tile < pass.tiles; ++tile) {
        switch (pass.width) {
            case 4: multiply_blocks<4>(group, pass, tile, sums.of[tile]); break;
            case 8: multiply_blocks<8>(group, pass, tile, sums.of[tile]); break;
            case 16: multiply_blocks<16>(group, pass, tile, sums.of[tile]); break;
        }
        group.ahead = nullptr;  // asked for with the first
    }
}

template <Step kind>
void multiply_group(const Product& product, const RowGroup& group, const Pass& pass, float* y) {
    Sums sums;
    if constexpr (kind == Step::bf16) multiply_bf16(group, pass, sums);
    if constexpr (kind == Step::block) multiply_q8_0(group, pass, sums);
    write_to_memory();
    const auto sum = [&](int row, int index) {
        return sums.of[index / pass.width][row * pass.width + index % pass.width];
    };
    for (int v = 0; v < pass.vectors; ++v) {
        float* const to = y + v * product.y_stride + group.first;
        for (int row = 0; row < group.count; ++row)
            to[row] = sum(row, v) + (sum(row, pass.vectors + v) + sum(row, 2 * pass.vectors + v));
    }
}

template <Step kind>
void multiply_rows(const Product& product, const Pass& pass, std::int64_t first, std::int64_t end,
                   float* y) {
    const Matrix& matrix = product.matrix;
    const auto row_bytes = static_cast<std::int64_t>(matrix.row_bytes);
    const bool is_dense = row_bytes == matrix.columns * bytes_of(kind) / step_columns;
    int configured = 0;
    for (std::int64_t row = first; row < end; row += tile_rows) {
        const std::int64_t left = end - row;
        RowGroup group = {.matrix = &matrix,
                          .data = static_cast<const std::byte*>(matrix.data) + row * row_bytes,
                          .first = row,
                          .count = static_cast<int>(left < tile_rows ? left : tile_rows)};
        if (is_dense && row == first) {
            group.ahead = group.data;
            group.ask_for(group.count * row_bytes);
        }
        group.ahead =
            is_dense && left >= 2 * tile_rows ? group.data + tile_rows * row_bytes : nullptr;
        if (group.count != configured) {
            configured = group.count;
            const TileConfiguration configuration = configuration_for(kind, configured, pass.width);
            write_to_memory();
            _tile_loadconfig(&configuration);
        }
        multiply_group<kind>(product, group, pass, y);
    }
}

/// Pass by pass: the rows come from memory for the first one and are in the cache for the others.
template <Step kind>
void multiply_passes(const Product& product, std::int64_t first, std::int64_t end) {
    const std::int64_t columns = product.matrix.columns;
    const float* packed = product.packed;
    for (std::int64_t vector = 0; vector < product.vectors; vector += pass_vectors) {
        const std::int64_t count = vectors_of_pass(product.vectors - vector);
        const Pass pass = {.vectors = static_cast<int>(count),
                           .tiles = tiles_of(count),
                           .width = width_of(count),
                           .words = reinterpret_cast<const std::byte*>(packed),
                           .units = packed + steps_of(columns) * packed_step(kind, count)};
        multiply_rows<kind>(product, pass, first, end, product.y + vector * product.y_stride);
        packed += packed_pass(kind, columns, count);
    }
    _tile_release();  // what is released need not be saved
}

void product_rows_by_tiles(const Product& product, std::int64_t first, std::int64_t end) {
    switch (product.matrix.type) {
        case MatrixType::bf16: return multiply_passes<Step::bf16>(product, first, end);
        case MatrixType::q8_0: return multiply_passes<Step::block>(product, first, end);
        default: return kernels_x86_64_v4.product_rows(product, first, end);
    }
}

void attention_in_v4(const AttentionPart& part, const PartialAttention& result) {
    kernels_x86_64_v4.attention_part(part, result);
}

}  // namespace

extern const Kernels kernels_x86_64_amx;
constinit const Kernels kernels_x86_64_amx = {.packed_numbers = packed_tile_numbers,
                                              .pack_vectors = pack_for_tiles,
                                              .product_rows = product_rows_by_tiles,
                                              .attention_part = attention_in_v4};

}  // namespace acestep::processor

#endif
