#include "processor/cached_attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "processor/kernels.h"
#include "unit/processor/stored_numbers.h"

namespace acestep::processor {
namespace {

struct Sizes {
    std::int64_t heads = 4, kv_heads = 2, head_dim = 64, rows = 700;
};

/// A cache of random keys and values, with gaps between its rows, and queries to it.
struct Case {
    Case(CacheType type, const Sizes& sizes, std::vector<VisibleRows> rows, float scale = 0.3f)
        : visible(std::move(rows)) {
        const MatrixType stored = type == CacheType::f16 ? MatrixType::f16 : MatrixType::f32;
        const std::int64_t width = sizes.kv_heads * sizes.head_dim;
        keys = random_rows(stored, sizes.rows, width, 8, 1);
        values = random_rows(stored, sizes.rows, width, 8, 2);
        shape = {.heads = sizes.heads,
                 .kv_heads = sizes.kv_heads,
                 .head_dim = sizes.head_dim,
                 .type = type,
                 .row_bytes = row_bytes_of(stored, width) + 8,
                 .scale = scale};
        queries = random_floats(visible.size() * query_size(), 3);
    }

    std::size_t query_size() const {
        return static_cast<std::size_t>(shape.heads * shape.head_dim);
    }

    std::vector<float> attention(InstructionSet set, int threads) const {
        ThreadPool pool(threads);
        std::vector<float> result(queries.size());
        cached_attention(kernels_for(set), pool, shape, keys.bytes.data(), values.bytes.data(),
                         queries.data(), result.data(), visible);
        return result;
    }

    AttentionShape shape;
    std::vector<VisibleRows> visible;
    StoredNumbers keys, values;
    std::vector<float> queries;
};

std::vector<std::int64_t> rows_of(const VisibleRows& visible) {
    std::vector<std::int64_t> rows;
    for (const CachedRows& range : {visible.shared, visible.own})
        for (std::int64_t i = 0; i < range.count; ++i) rows.push_back(range.begin + i);
    return rows;
}

/// One head of one query, in double: the softmax as it is written in books.
std::vector<double> reference(const Case& given, std::size_t query, std::int64_t head) {
    const AttentionShape& shape = given.shape;
    const std::int64_t width = shape.kv_heads * shape.head_dim;
    const std::int64_t column = head / (shape.heads / shape.kv_heads) * shape.head_dim;
    const float* q = given.queries.data() + query * given.query_size() + head * shape.head_dim;
    const std::vector<std::int64_t> rows = rows_of(given.visible[query]);
    std::vector<double> scores;
    for (const std::int64_t row : rows) {
        double score = 0;
        for (std::int64_t c = 0; c < shape.head_dim; ++c)
            score += q[c] * given.keys.values[row * width + column + c];
        scores.push_back(score * shape.scale);
    }
    const double largest = *std::max_element(scores.begin(), scores.end());
    std::vector<double> result(static_cast<std::size_t>(shape.head_dim));
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double weight = std::exp(scores[i] - largest);
        sum += weight;
        for (std::int64_t c = 0; c < shape.head_dim; ++c)
            result[c] += weight * given.values.values[rows[i] * width + column + c];
    }
    for (double& value : result) value /= sum;
    return result;
}

/// Values are below 2; f32 scores of size s make weights wrong by s · 2^-23 or so of themselves.
void expect_right(const Case& given, const std::vector<float>& result, double tolerance) {
    for (std::size_t query = 0; query < given.visible.size(); ++query) {
        for (std::int64_t head = 0; head < given.shape.heads; ++head) {
            const std::vector<double> expected = reference(given, query, head);
            const float* found =
                result.data() + query * given.query_size() + head * given.shape.head_dim;
            for (std::int64_t c = 0; c < given.shape.head_dim; ++c)
                ASSERT_NEAR(found[c], expected[c], tolerance)
                    << "query " << query << ", head " << head << ", column " << c;
        }
    }
}

class CachedAttention : public testing::TestWithParam<CacheType> {};

TEST_P(CachedAttention, IsTheSoftmaxOfBothRanges) {
    const Case given(GetParam(), {},
                     {{{0, 100}, {300, 391}},
                      {{0, 100}, {100, 3}},
                      {{0, 0}, {650, 50}},
                      {{10, 600}, {0, 0}},
                      {{0, 1}, {0, 0}},
                      {{0, 0}, {699, 1}},
                      {{0, 256}, {256, 256}},
                      {{0, 63}, {64, 2}}});
    for (const InstructionSet set : instruction_sets_here()) {
        SCOPED_TRACE(name(set));
        expect_right(given, given.attention(set, 2), 1e-5);
    }
}

TEST_P(CachedAttention, TakesAnyNumberOfHeadsAndAnyWidth) {
    for (const Sizes& sizes :
         {Sizes{1, 1, 4, 9}, Sizes{3, 1, 12, 20}, Sizes{10, 2, 32, 20}, Sizes{6, 2, 36, 70},
          Sizes{9, 1, 20, 65}, Sizes{8, 4, 100, 33}, Sizes{4, 2, 128, 130}}) {
        const Case given(GetParam(), sizes, {{{0, 3}, {5, sizes.rows - 5}}, {{}, {0, 1}}});
        for (const InstructionSet set : instruction_sets_here()) {
            SCOPED_TRACE(testing::Message()
                         << name(set) << ", " << sizes.heads << " heads of " << sizes.head_dim);
            expect_right(given, given.attention(set, 2), 1e-5);
        }
    }
}

TEST_P(CachedAttention, OfOneKeyIsItsValue) {
    const Case given(GetParam(), {}, {{{}, {5, 1}}});
    for (const InstructionSet set : instruction_sets_here()) {
        const std::vector<float> result = given.attention(set, 2);
        for (std::int64_t c = 0; c < 64; ++c) {
            EXPECT_EQ(result[c], static_cast<float>(given.values.values[5 * 128 + c]));
            EXPECT_EQ(result[64 + c], result[c]);  // the other query head of this key head
        }
    }
}

TEST_P(CachedAttention, SurvivesLargeScores) {
    // Scores of about ±10000: one or two rows have all the weight, the rest is 0.
    const Case given(GetParam(), {}, {{{0, 100}, {200, 500}}}, 1500.0f);
    for (const InstructionSet set : instruction_sets_here()) {
        SCOPED_TRACE(name(set));
        expect_right(given, given.attention(set, 2), 1e-2);
    }
}

TEST_P(CachedAttention, IsTheSameOnAnyNumberOfThreads) {
    const Case given(GetParam(), {}, {{{0, 100}, {100, 600}}, {{0, 100}, {200, 1}}});
    for (const InstructionSet set : instruction_sets_here()) {
        const std::vector<float> alone = given.attention(set, 1);
        for (const int threads : {2, 3, 8}) EXPECT_EQ(given.attention(set, threads), alone);
    }
}

TEST_P(CachedAttention, OfAQueryIsTheSameAloneAndAmongOthers) {
    const Case given(GetParam(), {},
                     {{{0, 100}, {100, 600}}, {{0, 100}, {200, 1}}, {{}, {300, 300}}});
    for (const InstructionSet set : instruction_sets_here()) {
        const std::vector<float> all = given.attention(set, 2);
        for (std::size_t query = 0; query < 3; ++query) {
            Case single = given;
            single.visible = {given.visible[query]};
            single.queries.assign(given.queries.data() + query * given.query_size(),
                                  given.queries.data() + (query + 1) * given.query_size());
            const std::vector<float> alone = single.attention(set, 2);
            EXPECT_TRUE(
                std::equal(alone.begin(), alone.end(), all.data() + query * given.query_size()));
        }
    }
}

TEST_P(CachedAttention, OfNoQueryIsNothing) {
    const Case given(GetParam(), {}, {});
    for (const InstructionSet set : instruction_sets_here())
        EXPECT_TRUE(given.attention(set, 2).empty());
}

INSTANTIATE_TEST_SUITE_P(Types, CachedAttention, testing::Values(CacheType::f32, CacheType::f16));

}  // namespace
}  // namespace acestep::processor
