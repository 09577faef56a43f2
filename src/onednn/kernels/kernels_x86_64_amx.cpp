// Products on words by the tile registers of AMX. CMakeLists.txt has the compiler's options.
#if defined(__x86_64__)

#include <immintrin.h>

#include "base/tile_registers.h"
#include "onednn/kernels/kernels.h"
#include "onednn/kernels/lanes.h"
#include "onednn/kernels/word_kernel.h"
#include "processor/tile_lanes.h"

namespace acestep::onednn {
namespace {

constexpr int group_rows = 2 * tile_rows;
static_assert(word_columns == 2 * tile_columns);

// Which register holds what: sums of two times two tiles, two tiles of rows, two of the panel. The
// instructions take the number as a constant.
#define ACESTEP_SUMS_00 0
#define ACESTEP_SUMS_01 1
#define ACESTEP_SUMS_10 2
#define ACESTEP_SUMS_11 3
#define ACESTEP_ROWS_0 4
#define ACESTEP_ROWS_1 5
#define ACESTEP_PANEL_0 6
#define ACESTEP_PANEL_1 7

/// For `rows` rows, 1 … group_rows: the registers of the upper half have the first of them.
constexpr TileConfiguration configuration_for(int rows) {
    TileConfiguration configuration;
    const int first = rows < tile_rows ? rows : tile_rows;
    const int second = rows > tile_rows ? rows - tile_rows : 1;
    for (int tile = 0; tile < 8; ++tile) {
        configuration.row_bytes[tile] = 64;
        const bool is_second =
            tile == ACESTEP_SUMS_10 || tile == ACESTEP_SUMS_11 || tile == ACESTEP_ROWS_1;
        configuration.rows[tile] = static_cast<std::uint8_t>(is_second ? second : first);
    }
    configuration.rows[ACESTEP_PANEL_0] = configuration.rows[ACESTEP_PANEL_1] = tile_rows;
    return configuration;
}

struct Configurations {
    TileConfiguration of[group_rows + 1];
};

constexpr Configurations all_configurations() {
    Configurations all;
    for (int rows = 1; rows <= group_rows; ++rows) all.of[rows] = configuration_for(rows);
    return all;
}
constexpr Configurations configurations = all_configurations();

constexpr std::int64_t bytes(std::int64_t words) {
    return words * static_cast<std::int64_t>(sizeof(std::uint32_t));
}

// The functions below are templates of what is multiplied, and of whether there are more rows than
// a register holds.
enum class Numbers { bf16, int8 };

template <bool two>
void load_rows(const std::uint32_t* rows, std::int64_t row_bytes) {
    _tile_loadd(ACESTEP_ROWS_0, rows, row_bytes);
    if constexpr (two) _tile_loadd(ACESTEP_ROWS_1, rows + tile_rows * row_bytes / 4, row_bytes);
}

void load_panel(const std::uint32_t* panel) {
    constexpr int panel_bytes = word_columns * 4;
    _tile_loadd(ACESTEP_PANEL_0, panel, panel_bytes);
    _tile_loadd(ACESTEP_PANEL_1, panel + tile_columns, panel_bytes);
}

/// Of the rows and the panel that are loaded.
template <Numbers numbers, bool two>
void add_products() {
    if constexpr (numbers == Numbers::bf16) {
        _tile_dpbf16ps(ACESTEP_SUMS_00, ACESTEP_ROWS_0, ACESTEP_PANEL_0);
        _tile_dpbf16ps(ACESTEP_SUMS_01, ACESTEP_ROWS_0, ACESTEP_PANEL_1);
        if constexpr (!two) return;
        _tile_dpbf16ps(ACESTEP_SUMS_10, ACESTEP_ROWS_1, ACESTEP_PANEL_0);
        _tile_dpbf16ps(ACESTEP_SUMS_11, ACESTEP_ROWS_1, ACESTEP_PANEL_1);
    } else {
        _tile_dpbssd(ACESTEP_SUMS_00, ACESTEP_ROWS_0, ACESTEP_PANEL_0);
        _tile_dpbssd(ACESTEP_SUMS_01, ACESTEP_ROWS_0, ACESTEP_PANEL_1);
        if constexpr (!two) return;
        _tile_dpbssd(ACESTEP_SUMS_10, ACESTEP_ROWS_1, ACESTEP_PANEL_0);
        _tile_dpbssd(ACESTEP_SUMS_11, ACESTEP_ROWS_1, ACESTEP_PANEL_1);
    }
}

/// Calls `step(offset in a row, offset in the panel)` for each step of a run.
template <typename Step>
void along_run(const WordRun& run, const Step& step) {
    std::int64_t in_panel = 0;
    for (std::int64_t tap = 0; tap < run.taps; ++tap)
        for (std::int64_t k = 0; k < run.words;
             k += word_step, in_panel += word_step * word_columns)
            step(tap * run.tap_stride + k, in_panel);
}

/// Adds the products of the group of rows from `first` on to the sums.
template <Numbers numbers, bool two>
void accumulate(const WordRun& run, std::int64_t first) {
    const std::int64_t row_bytes = bytes(run.row_stride);
    const std::uint32_t* const rows = run.rows + first * run.row_stride;
    Ahead<group_rows> ahead(run, first, run.panel);
    along_run(run, [&](std::int64_t k, std::int64_t in_panel) {
        ahead.step();
        load_rows<two>(rows + k, row_bytes);
        load_panel(run.panel + in_panel);
        add_products<numbers, two>();
    });
}

/// The same with what rounding has left. All of a step together, so that little is loaded twice.
template <bool two>
void accumulate_exact(const WordRun& run, std::int64_t first) {
    const std::int64_t row_bytes = bytes(run.row_stride);
    const std::uint32_t* const rows = run.rows + first * run.row_stride;
    const std::uint32_t* const low_rows = run.low_rows + first * run.row_stride;
    Ahead<group_rows> ahead(run, first, run.panel), low_ahead(run, first, run.low_panel);
    along_run(run, [&](std::int64_t k, std::int64_t in_panel) {
        ahead.step();
        low_ahead.step();
        load_rows<two>(rows + k, row_bytes);
        load_panel(run.low_panel + in_panel);
        add_products<Numbers::bf16, two>();
        load_panel(run.panel + in_panel);
        add_products<Numbers::bf16, two>();
        load_rows<two>(low_rows + k, row_bytes);
        add_products<Numbers::bf16, two>();
    });
}

template <bool two>
void load_sums(const float* from, std::int64_t stride) {
    _tile_loadd(ACESTEP_SUMS_00, from, stride * 4);
    _tile_loadd(ACESTEP_SUMS_01, from + tile_columns, stride * 4);
    if constexpr (!two) return;
    _tile_loadd(ACESTEP_SUMS_10, from + tile_rows * stride, stride * 4);
    _tile_loadd(ACESTEP_SUMS_11, from + tile_rows * stride + tile_columns, stride * 4);
}

template <bool two>
void store_sums(void* to_data, std::int64_t stride) {
    float* const to = static_cast<float*>(to_data);
    _tile_stored(ACESTEP_SUMS_00, to, stride * 4);
    _tile_stored(ACESTEP_SUMS_01, to + tile_columns, stride * 4);
    if constexpr (!two) return;
    _tile_stored(ACESTEP_SUMS_10, to + tile_rows * stride, stride * 4);
    _tile_stored(ACESTEP_SUMS_11, to + tile_rows * stride + tile_columns, stride * 4);
}

void zero_sums() {
    _tile_zero(ACESTEP_SUMS_00);
    _tile_zero(ACESTEP_SUMS_01);
    _tile_zero(ACESTEP_SUMS_10);
    _tile_zero(ACESTEP_SUMS_11);
}

template <bool two>
void multiply_bf16_group(const WordRun& run, std::int64_t first, std::int64_t count) {
    float* const result = run.result + first * run.result_stride;
    alignas(64) float part[group_rows * word_columns];  // of a panel's columns
    const bool whole = run.columns == word_columns;
    float* const to = whole ? result : part;
    const std::int64_t stride = whole ? run.result_stride : word_columns;
    if (run.adds) {
        if (!whole) {
            std::memset(part, 0, sizeof part);
            copy_columns(result, run.result_stride, part, stride, count, run.columns);
        }
        write_to_memory();
        load_sums<two>(to, stride);
    } else {
        zero_sums();
    }
    if (run.low_rows)
        accumulate_exact<two>(run, first);
    else
        accumulate<Numbers::bf16, two>(run, first);
    store_sums<two>(to, stride);
    if (!whole) copy_columns(part, stride, result, run.result_stride, count, run.columns);
}

template <bool two>
void multiply_int8_group(const WordRun& run, std::int64_t first, std::int64_t count) {
    alignas(64) std::int32_t sums[group_rows * word_columns];
    zero_sums();
    accumulate<Numbers::int8, two>(run, first);
    store_sums<two>(sums, word_columns);
    for (std::int64_t half = 0; half < run.columns; half += lanes) {
        const __mmask16 mask = mask_of(run.columns - half);
        const Floats scales = _mm512_maskz_loadu_ps(mask, run.column_scales + half);
        for (std::int64_t r = 0; r < count; ++r) {
            const Floats sum = to_floats(load<Integers>(sums + r * word_columns + half));
            _mm512_mask_storeu_ps(run.result + (first + r) * run.result_stride + half, mask,
                                  sum * (scales * all(run.row_scales[first + r])));
        }
    }
}

using Group = void (*)(const WordRun& run, std::int64_t first, std::int64_t count);

/// The tiles' configuration, which is loaded when another one is needed.
class Tiles {
public:
    ~Tiles() { _tile_release(); }  // what is released need not be saved

    void set_rows(std::int64_t rows) {
        if (rows == rows_) return;
        rows_ = rows;
        _tile_loadconfig(&configurations.of[rows]);
    }

private:
    std::int64_t rows_ = 0;
};

/// Groups of rows, by tiles of as many as they need.
void multiply_groups(const WordRun& all, Group one_tile, Group two_tiles) {
    Tiles tiles;
    for_each_group<group_rows>(all,
                               [&](const WordRun& run, std::int64_t first, std::int64_t count) {
                                   tiles.set_rows(count);
                                   (count > tile_rows ? two_tiles : one_tile)(run, first, count);
                               });
}

void multiply_bf16(const WordRun& run) {
    multiply_groups(run, multiply_bf16_group<false>, multiply_bf16_group<true>);
}

void multiply_int8(const WordRun& run) {
    multiply_groups(run, multiply_int8_group<false>, multiply_int8_group<true>);
}

}  // namespace

extern const WordKernels word_kernels_x86_64_amx;
constinit const WordKernels word_kernels_x86_64_amx = {.row_group = group_rows,
                                                       .zero = 0,
                                                       .second_cache = 2 << 20,
                                                       .exact_gains = true,
                                                       .multiply_bf16 = multiply_bf16,
                                                       .multiply_int8 = multiply_int8,
                                                       .round_row = round_row,
                                                       .softmax = softmax_words,
                                                       .pair_rows = pair_rows};

}  // namespace acestep::onednn

#endif
