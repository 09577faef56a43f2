// Attention of one query over some rows of the cache (see lanes.h for who may include this).
//
// Rows are read in blocks that stay in the cache until all heads have read them, and the next block
// is asked for meanwhile, from its first byte to its last. For the query heads of one key head: the
// scores of a block, its maximum, its exponentials, its values. When a block raises the maximum,
// what was summed before is scaled down to the new one.
#pragma once

#include <cmath>

#include "processor/kernels.h"
#include "processor/stored_numbers.h"

namespace acestep::processor {
namespace {

static_assert(attention_block_rows % lanes == 0);

/// Widens `count` of `lanes` numbers, zeros after them.
template <typename Stored>
Floats widened_rest(const std::byte* from, std::int64_t count) {
    std::byte padded[lanes * Stored::bytes] = {};
    std::memcpy(padded, from, static_cast<std::size_t>(count) * Stored::bytes);
    return Stored::widened(padded);
}

/// At most `attention_block_rows` rows of the cache.
struct Block {
    const std::byte* keys;    ///< of all heads, in the first row
    const std::byte* values;  ///< likewise
    int rows;
    std::size_t next;  ///< how many bytes further the next block begins; 0 when there is none
};

/// One block for `Heads` query heads of one key head.
template <typename Stored, int Heads>
class HeadsOfBlock {
public:
    HeadsOfBlock(const AttentionPart& part, const PartialAttention& result, const Block& block,
                 std::int64_t kv_head, std::int64_t head)
        : head_dim_(part.shape->head_dim),
          whole_columns_(head_dim_ / lanes * lanes),
          row_bytes_(part.shape->row_bytes),
          scale_(part.shape->scale),
          rows_(block.rows),
          keys_(block.keys + kv_head * head_dim_ * Stored::bytes),
          values_(block.values + kv_head * head_dim_ * Stored::bytes),
          queries_(part.query + head * head_dim_),
          maxima_(result.maxima + head),
          sums_(result.sums + head),
          results_(result.results + head * head_dim_) {
        // Each key head asks for its share of the next block, which has no gaps between heads.
        const std::int64_t share = kv_head * head_dim_ * Stored::bytes * attention_block_rows;
        has_next_ = block.next > 0;
        next_keys_ = block.keys + block.next + share;
        next_values_ = block.values + block.next + share;
    }

    void add() {
        int row = 0;
        for (; row + rows_at_once <= rows_; row += rows_at_once) score<rows_at_once>(row);
        for (; row < rows_; ++row) score<1>(row);
        for (int head = 0; head < Heads; ++head) normalize(head);
        constexpr int columns_at_once = registers_at_once * lanes;
        std::int64_t column = 0;
        for (; column + columns_at_once <= whole_columns_; column += columns_at_once)
            add_values<registers_at_once>(column);
        for (; column < whole_columns_; column += lanes) add_values<1>(column);
        if (column < head_dim_) add_last_values();
    }

private:
    // So many that there are 8 sums or nearly so, which keeps the multipliers busy.
    static constexpr int rows_at_once = Heads <= 2 ? 4 : 2;
    static constexpr int registers_at_once = Heads <= 2 ? 4 : 2;

    const std::byte* key(int row) const {
        return keys_ + static_cast<std::size_t>(row) * row_bytes_;
    }
    const std::byte* value(int row) const {
        return values_ + static_cast<std::size_t>(row) * row_bytes_;
    }

    float* result(int head, std::int64_t column) const {
        return results_ + head * head_dim_ + column;
    }

    /// Asks for as much of the next block as is used of this one, beginning at `next`.
    ACESTEP_INLINE void ask(const std::byte*& next, std::int64_t bytes) const {
        if (!has_next_) return;
        for (std::int64_t line = 0; line < bytes; line += 64) prefetch(next + line);
        next += bytes;
    }

    template <int Rows>
    void score(int row) {
        Floats sums[Rows][Heads] = {};
        ask(next_keys_, Rows * head_dim_ * Stored::bytes);
        for (std::int64_t c = 0; c < whole_columns_; c += lanes) {
            Floats numbers[Rows];
            ACESTEP_UNROLL
            for (int r = 0; r < Rows; ++r)
                numbers[r] = Stored::widened(key(row + r) + c * Stored::bytes);
            ACESTEP_UNROLL
            for (int h = 0; h < Heads; ++h) {
                const Floats query = kept(load(queries_ + h * head_dim_ + c));
                ACESTEP_UNROLL
                for (int r = 0; r < Rows; ++r) sums[r][h] += numbers[r] * query;
            }
        }
        ACESTEP_UNROLL
        for (int r = 0; r < Rows; ++r) {
            if (whole_columns_ < head_dim_) score_rest(key(row + r), sums[r]);
            ACESTEP_UNROLL
            for (int h = 0; h < Heads; ++h) scores_[h][row + r] = sum_of(sums[r][h]) * scale_;
        }
    }

    ACESTEP_INLINE void score_rest(const std::byte* key, Floats (&sums)[Heads]) {
        const std::int64_t c = whole_columns_, count = head_dim_ - c;
        const Floats numbers = widened_rest<Stored>(key + c * Stored::bytes, count);
        ACESTEP_UNROLL
        for (int h = 0; h < Heads; ++h) {
            const float* query = queries_ + h * head_dim_ + c;
            sums[h] +=
                numbers * widened_rest<F32>(reinterpret_cast<const std::byte*>(query), count);
        }
    }

    /// Makes weights of the scores of a head and brings its state to the new maximum.
    void normalize(int head) {
        float* scores = scores_[head];
        for (int row = rows_; row < attention_block_rows; ++row) scores[row] = -INFINITY;
        Floats largest = load(scores);
        ACESTEP_UNROLL
        for (int row = lanes; row < attention_block_rows; row += lanes) {
            const Floats more = load(scores + row);
            largest = more > largest ? more : largest;
        }
        const float block_maximum = largest_of(largest);
        if (block_maximum > maxima_[head]) raise_maximum(head, block_maximum);
        Floats sum = {};
        ACESTEP_UNROLL
        for (int row = 0; row < attention_block_rows; row += lanes) {
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
        for (std::int64_t c = 0; c < head_dim_; ++c) *result(head, c) *= factors[0];
    }

    /// The values of all rows in some registers of columns.
    template <int Registers>
    void add_values(std::int64_t column) {
        Floats sums[Heads][Registers];
        ACESTEP_UNROLL
        for (int h = 0; h < Heads; ++h) {
            ACESTEP_UNROLL
            for (int i = 0; i < Registers; ++i) sums[h][i] = load(result(h, column + i * lanes));
        }
        for (int row = 0; row < rows_; ++row) {
            ask(next_values_, Registers * lanes * Stored::bytes);
            Floats numbers[Registers];
            ACESTEP_UNROLL
            for (int i = 0; i < Registers; ++i)
                numbers[i] = Stored::widened(value(row) + (column + i * lanes) * Stored::bytes);
            ACESTEP_UNROLL
            for (int h = 0; h < Heads; ++h) {
                const Floats weight = all(scores_[h][row]);
                ACESTEP_UNROLL
                for (int i = 0; i < Registers; ++i) sums[h][i] += weight * numbers[i];
            }
        }
        ACESTEP_UNROLL
        for (int h = 0; h < Heads; ++h) {
            ACESTEP_UNROLL
            for (int i = 0; i < Registers; ++i) store(result(h, column + i * lanes), sums[h][i]);
        }
    }

    void add_last_values() {
        const std::int64_t c = whole_columns_, count = head_dim_ - c;
        for (int row = 0; row < rows_; ++row) {
            float numbers[lanes];
            store(numbers, widened_rest<Stored>(value(row) + c * Stored::bytes, count));
            for (int h = 0; h < Heads; ++h) {
                for (std::int64_t i = 0; i < count; ++i)
                    *result(h, c + i) += scores_[h][row] * numbers[i];
            }
        }
    }

    std::int64_t head_dim_;
    std::int64_t whole_columns_;  ///< those that fill registers
    std::size_t row_bytes_;
    float scale_;
    int rows_;
    const std::byte* keys_;
    const std::byte* values_;
    const float* queries_;
    float* maxima_;
    float* sums_;
    float* results_;
    bool has_next_;
    const std::byte* next_keys_;
    const std::byte* next_values_;
    alignas(64) float scores_[Heads][attention_block_rows];
};

/// The query heads of one key head, in groups of 4 and the rest alone.
template <typename Stored>
void add_heads(const AttentionPart& part, const PartialAttention& result, const Block& block,
               std::int64_t kv_head) {
    const std::int64_t group = part.shape->heads / part.shape->kv_heads;
    const std::int64_t end = (kv_head + 1) * group;
    std::int64_t head = kv_head * group;
    for (; head + 4 <= end; head += 4)
        HeadsOfBlock<Stored, 4>(part, result, block, kv_head, head).add();
    switch (end - head) {
        case 3: return HeadsOfBlock<Stored, 3>(part, result, block, kv_head, head).add();
        case 2: return HeadsOfBlock<Stored, 2>(part, result, block, kv_head, head).add();
        case 1: return HeadsOfBlock<Stored, 1>(part, result, block, kv_head, head).add();
        default: return;
    }
}

template <typename Stored>
void add_rows(const AttentionPart& part, const PartialAttention& result, const CachedRows& rows) {
    const std::size_t row_bytes = part.shape->row_bytes;
    for (std::int64_t done = 0; done < rows.count; done += attention_block_rows) {
        const std::int64_t left = rows.count - done;
        const bool last = left <= attention_block_rows;
        const std::size_t offset = static_cast<std::size_t>(rows.begin + done) * row_bytes;
        const Block block = {.keys = part.keys + offset,
                             .values = part.values + offset,
                             .rows = static_cast<int>(last ? left : attention_block_rows),
                             .next = last ? 0 : attention_block_rows * row_bytes};
        for (std::int64_t kv_head = 0; kv_head < part.shape->kv_heads; ++kv_head)
            add_heads<Stored>(part, result, block, kv_head);
    }
}

template <typename Stored>
void attend(const AttentionPart& part, const PartialAttention& result) {
    const std::int64_t heads = part.shape->heads;
    for (std::int64_t head = 0; head < heads; ++head) {
        result.maxima[head] = -INFINITY;
        result.sums[head] = 0;
    }
    for (std::int64_t i = 0; i < heads * part.shape->head_dim; ++i) result.results[i] = 0;
    add_rows<Stored>(part, result, part.rows.shared);
    add_rows<Stored>(part, result, part.rows.own);
}

void attention_part(const AttentionPart& part, const PartialAttention& result) {
    switch (part.shape->type) {
        case CacheType::f32: return attend<F32>(part, result);
        case CacheType::f16: return attend<F16>(part, result);
    }
}

}  // namespace
}  // namespace acestep::processor
