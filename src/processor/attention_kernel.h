// Attention of one query over some rows of the cache, for the query heads of one key head (see
// lanes.h for who may include this).
//
// Rows are read once, in blocks: the scores of a block, its maximum, its exponentials, its values.
// When a block raises the maximum, what was summed before is scaled down to the new one.
#pragma once

#include <cmath>

#include "processor/kernels.h"
#include "processor/lanes.h"

namespace acestep::processor {
namespace {

constexpr int block_rows = 64;
constexpr int most_heads = 4;  ///< that are computed at once

/// e^x for x ≤ 0 to 2e-7 of it; 0 below -87. From e^x = 2^n · e^r with |r| ≤ ln(2) / 2 and the
/// polynomial of Cephes' expf.
ACESTEP_INLINE Floats exponential(Floats x) {
    const Floats clamped = x < -87.0f ? all(-87.0f) : x;
    const float to_integer = 12582912.0f;  // 1.5 · 2^23: adding it rounds to a whole number
    const Floats shifted = clamped * 1.44269504f + to_integer;
    const Floats n = shifted - to_integer;
    const Floats r = clamped - n * 0.693359375f - n * -2.12194440e-4f;
    Floats polynomial = all(1.9875691500e-4f);
    polynomial = polynomial * r + 1.3981999507e-3f;
    polynomial = polynomial * r + 8.3334519073e-3f;
    polynomial = polynomial * r + 4.1665795894e-2f;
    polynomial = polynomial * r + 1.6666665459e-1f;
    polynomial = polynomial * r + 5.0000001201e-1f;
    const Floats mantissa = polynomial * r * r + r + 1.0f;
    const Integers exponent = (same_bits<Integers>(shifted) << 23) + (127 << 23);
    return x < -87.0f ? all(0.0f) : mantissa * same_bits<Floats>(exponent);
}

ACESTEP_INLINE float largest_of(Floats values) {
    float parts[lanes];
    std::memcpy(parts, &values, sizeof parts);
    float largest = parts[0];
    for (int i = 1; i < lanes; ++i) largest = parts[i] > largest ? parts[i] : largest;
    return largest;
}

/// Widens `count` of `lanes` numbers, zeros after them.
template <typename Stored>
Floats widened_rest(const std::byte* from, std::int64_t count) {
    std::byte padded[lanes * Stored::bytes] = {};
    std::memcpy(padded, from, static_cast<std::size_t>(count) * Stored::bytes);
    return Stored::widened(padded);
}

/// One block of rows for `Heads` query heads, whose state is in `result`.
template <typename Stored, int Heads>
class Block {
public:
    Block(const AttentionPart& part, const PartialAttention& result, int first_head)
        : part_(part),
          queries_(part.queries + first_head * part.head_dim),
          maxima_(result.maxima + first_head),
          sums_(result.sums + first_head),
          results_(result.results + first_head * part.head_dim),
          whole_columns_(part.head_dim / lanes * lanes) {}

    void add(std::int64_t first_row, int rows) {
        const std::size_t offset = static_cast<std::size_t>(first_row) * part_.row_bytes;
        for (int row = 0; row < rows; ++row)
            score(part_.keys + offset + static_cast<std::size_t>(row) * part_.row_bytes, row);
        for (int head = 0; head < Heads; ++head) normalize(head, rows);
        constexpr int together = Heads > 2 ? 2 : 4;
        int row = 0;
        const std::byte* values = part_.values + offset;
        for (; row + together <= rows; row += together)
            add_values<together>(values + static_cast<std::size_t>(row) * part_.row_bytes, row);
        for (; row < rows; ++row)
            add_values<1>(values + static_cast<std::size_t>(row) * part_.row_bytes, row);
    }

private:
    void score(const std::byte* key, int row) {
        Floats sums[Heads] = {};
        for (std::int64_t c = 0; c < whole_columns_; c += lanes) {
            const Floats numbers = Stored::widened(key + c * Stored::bytes);
            ACESTEP_UNROLL
            for (int h = 0; h < Heads; ++h)
                sums[h] += numbers * load(queries_ + h * part_.head_dim + c);
        }
        if (whole_columns_ < part_.head_dim) score_rest(key, sums);
        ACESTEP_UNROLL
        for (int h = 0; h < Heads; ++h) scores_[h][row] = sum_of(sums[h]) * part_.scale;
    }

    void score_rest(const std::byte* key, Floats (&sums)[Heads]) {
        const std::int64_t c = whole_columns_, count = part_.head_dim - c;
        const Floats numbers = widened_rest<Stored>(key + c * Stored::bytes, count);
        for (int h = 0; h < Heads; ++h) {
            const float* query = queries_ + h * part_.head_dim + c;
            sums[h] += numbers * widened_rest<F32>(reinterpret_cast<const std::byte*>(query), count);
        }
    }

    /// Makes weights of the scores of a head and brings its state to the new maximum.
    void normalize(int head, int rows) {
        float* scores = scores_[head];
        for (int row = rows; row % lanes != 0; ++row) scores[row] = -INFINITY;
        Floats largest = load(scores);
        for (int row = lanes; row < rows; row += lanes) {
            const Floats more = load(scores + row);
            largest = more > largest ? more : largest;
        }
        const float block_maximum = largest_of(largest);
        if (block_maximum > maxima_[head]) raise_maximum(head, block_maximum);
        Floats sum = {};
        for (int row = 0; row < rows; row += lanes) {
            const Floats weights = exponential(load(scores + row) - maxima_[head]);
            store(scores + row, weights);
            sum += weights;
        }
        sums_[head] += sum_of(sum);
    }

    void raise_maximum(int head, float maximum) {
        float factors[lanes];
        store(factors, exponential(all(maxima_[head] - maximum)));
        maxima_[head] = maximum;
        sums_[head] *= factors[0];
        float* result = results_ + head * part_.head_dim;
        for (std::int64_t c = 0; c < part_.head_dim; ++c) result[c] *= factors[0];
    }

    template <int Rows>
    void add_values(const std::byte* values, int row) {
        Floats weights[Heads][Rows];
        ACESTEP_UNROLL
        for (int h = 0; h < Heads; ++h) {
            ACESTEP_UNROLL
            for (int r = 0; r < Rows; ++r) weights[h][r] = all(scores_[h][row + r]);
        }
        for (std::int64_t c = 0; c < whole_columns_; c += lanes) {
            Floats sums[Heads];
            ACESTEP_UNROLL
            for (int h = 0; h < Heads; ++h) sums[h] = load(results_ + h * part_.head_dim + c);
            ACESTEP_UNROLL
            for (int r = 0; r < Rows; ++r) {
                const Floats numbers = Stored::widened(
                    values + static_cast<std::size_t>(r) * part_.row_bytes + c * Stored::bytes);
                ACESTEP_UNROLL
                for (int h = 0; h < Heads; ++h) sums[h] += weights[h][r] * numbers;
            }
            ACESTEP_UNROLL
            for (int h = 0; h < Heads; ++h) store(results_ + h * part_.head_dim + c, sums[h]);
        }
        if (whole_columns_ < part_.head_dim) add_values_rest<Rows>(values, row);
    }

    template <int Rows>
    void add_values_rest(const std::byte* values, int row) {
        const std::int64_t c = whole_columns_, count = part_.head_dim - c;
        for (int r = 0; r < Rows; ++r) {
            const std::byte* from = values + static_cast<std::size_t>(r) * part_.row_bytes;
            float numbers[lanes];
            store(numbers, widened_rest<Stored>(from + c * Stored::bytes, count));
            for (int h = 0; h < Heads; ++h) {
                float* result = results_ + h * part_.head_dim + c;
                for (std::int64_t i = 0; i < count; ++i)
                    result[i] += scores_[h][row + r] * numbers[i];
            }
        }
    }

    const AttentionPart& part_;
    const float* queries_;
    float* maxima_;
    float* sums_;
    float* results_;
    std::int64_t whole_columns_;
    alignas(64) float scores_[Heads][block_rows];
};

/// All heads, in groups of `most_heads` and the rest alone, while the block is in the cache.
template <typename Stored>
void add_block(const AttentionPart& part, const PartialAttention& result, std::int64_t first_row,
               int rows) {
    const int heads = static_cast<int>(part.heads);
    int head = 0;
    for (; head + 4 <= heads; head += 4)
        Block<Stored, 4>(part, result, head).add(first_row, rows);
    switch (heads - head) {
        case 3: return Block<Stored, 3>(part, result, head).add(first_row, rows);
        case 2: return Block<Stored, 2>(part, result, head).add(first_row, rows);
        case 1: return Block<Stored, 1>(part, result, head).add(first_row, rows);
        default: return;
    }
}

template <typename Stored>
void add_rows(const AttentionPart& part, const PartialAttention& result, const CachedRows& rows) {
    for (std::int64_t done = 0; done < rows.count; done += block_rows) {
        const std::int64_t left = rows.count - done;
        const int count = left < block_rows ? static_cast<int>(left) : block_rows;
        add_block<Stored>(part, result, rows.begin + done, count);
    }
}

template <typename Stored>
void attend(const AttentionPart& part, const PartialAttention& result) {
    for (std::int64_t head = 0; head < part.heads; ++head) {
        result.maxima[head] = -INFINITY;
        result.sums[head] = 0;
    }
    for (std::int64_t i = 0; i < part.heads * part.head_dim; ++i) result.results[i] = 0;
    add_rows<Stored>(part, result, part.rows.shared);
    add_rows<Stored>(part, result, part.rows.own);
}

void attention_part(const AttentionPart& part, const PartialAttention& result) {
    switch (part.type) {
        case CacheType::f32: return attend<F32>(part, result);
        case CacheType::f16: return attend<F16>(part, result);
    }
}

}  // namespace
}  // namespace acestep::processor
