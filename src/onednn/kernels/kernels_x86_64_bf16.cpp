// Products on words by AVX-512 BF16 and VNNI, a word of a row times a panel's words of one depth.
// CMakeLists.txt has the compiler's options.
#if defined(__x86_64__)

#include <immintrin.h>

#include "onednn/kernels/kernels.h"
#include "onednn/kernels/lanes.h"
#include "onednn/kernels/word_kernel.h"

namespace acestep::onednn {
namespace {

// As many sums as there are registers beside two of the panel and one of a row.
constexpr int group_rows = 12;

// The instructions take bytes of rows without sign.
constexpr int zero_byte = 128;

ACESTEP_INLINE Words all_words(std::uint32_t word) {
    return word - Words{};
}

/// The columns of a half panel that a run has, and where its results go.
struct Half {
    __mmask16 mask;
    std::int64_t column;

    Half(const WordRun& run, int half)
        : mask(mask_of(run.columns - half * lanes)), column(half * lanes) {}
};

// What is multiplied: how sums grow, and what becomes of those of a row.

struct Bf16 {
    using Sum = Floats;

    static Sum with_products(Sum sum, Words row, Words panel) {
        return _mm512_dpbf16_ps(sum, same_bits<__m512bh>(row), same_bits<__m512bh>(panel));
    }

    static void store(const WordRun& run, std::int64_t row, const Half& half, Sum sum) {
        float* const to = run.result + row * run.result_stride + half.column;
        if (run.adds) sum += Floats(_mm512_maskz_loadu_ps(half.mask, to));
        _mm512_mask_storeu_ps(to, half.mask, sum);
    }
};

struct Int8 {
    using Sum = Integers;

    static Sum with_products(Sum sum, Words row, Words panel) {
        return same_bits<Sum>(_mm512_dpbusd_epi32(same_bits<__m512i>(sum), same_bits<__m512i>(row),
                                                  same_bits<__m512i>(panel)));
    }

    static void store(const WordRun& run, std::int64_t row, const Half& half, Sum sum) {
        const auto excess = same_bits<Integers>(_mm512_maskz_loadu_epi32(
                                half.mask, run.column_sums + half.column)) *
                            zero_byte;
        const Floats scales = _mm512_maskz_loadu_ps(half.mask, run.column_scales + half.column);
        _mm512_mask_storeu_ps(run.result + row * run.result_stride + half.column, half.mask,
                              to_floats(sum - excess) * (scales * all(run.row_scales[row])));
    }
};

/// Words of rows and of a panel that are multiplied.
struct Factors {
    const std::uint32_t *rows, *panel;
};

/// The group of `rows` rows from `first` on. The sums stay in registers, since all that uses them
/// is in this function. On its own, since clang 14 takes forever to sanitize all of them inside the
/// loops that call them.
template <typename Numbers, int rows>
__attribute__((noinline)) void multiply_rows(const WordRun& run, std::int64_t first) {
    const Factors all[] = {
        {run.rows, run.panel}, {run.rows, run.low_panel}, {run.low_rows, run.panel}};
    const int products = run.low_rows ? 3 : 1;
    const std::int64_t stride = run.row_stride;
    typename Numbers::Sum sums[rows][2] = {};
    for (int product = 0; product < products; ++product) {
        const std::uint32_t* panel = all[product].panel;
        Ahead<group_rows> ahead(run, first, panel);
        for (std::int64_t tap = 0; tap < run.taps; ++tap) {
            const std::uint32_t* const at =
                all[product].rows + first * stride + tap * run.tap_stride;
            for (std::int64_t word = 0; word < run.words; ++word, panel += word_columns) {
                if (word % word_step == 0) ahead.step();
                const Words left = load<Words>(panel), right = load<Words>(panel + lanes);
                ACESTEP_UNROLL
                for (int r = 0; r < rows; ++r) {
                    const Words row = all_words(at[r * stride + word]);
                    sums[r][0] = Numbers::with_products(sums[r][0], row, left);
                    sums[r][1] = Numbers::with_products(sums[r][1], row, right);
                }
            }
        }
    }
    const Half left(run, 0), right(run, 1);
    ACESTEP_UNROLL
    for (int r = 0; r < rows; ++r) {
        Numbers::store(run, first + r, left, sums[r][0]);
        Numbers::store(run, first + r, right, sums[r][1]);
    }
}

/// `count` rows, 1 … `rows` of them.
template <typename Numbers, int rows = group_rows>
void multiply_some(const WordRun& run, std::int64_t first, std::int64_t count) {
    if (count == rows) {
        multiply_rows<Numbers, rows>(run, first);
    } else if constexpr (rows > 1) {
        multiply_some<Numbers, rows - 1>(run, first, count);
    }
}

void multiply_bf16(const WordRun& run) {
    for_each_group<group_rows>(run, multiply_some<Bf16>);
}

void multiply_int8(const WordRun& run) {
    for_each_group<group_rows>(run, multiply_some<Int8>);
}

}  // namespace

extern const WordKernels word_kernels_x86_64_bf16;
constinit const WordKernels word_kernels_x86_64_bf16 = {.row_group = group_rows,
                                                        .zero = zero_byte,
                                                        .second_cache = 1 << 20,
                                                        .exact_gains = false,
                                                        .multiply_bf16 = multiply_bf16,
                                                        .multiply_int8 = multiply_int8,
                                                        .round_row = round_row,
                                                        .softmax = softmax_words,
                                                        .pair_rows = pair_rows};

}  // namespace acestep::onednn

#endif
