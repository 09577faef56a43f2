#include "pipeline/result_cache.h"

#include <gtest/gtest.h>

namespace acestep::pipeline {
namespace {

/// 100 numbers, 400 bytes.
Array hundred(float value) {
    return Array({10, 10}, value);
}

TEST(ResultCacheTest, MakesEachResultOnce) {
    ResultCache cache(10'000);
    int made = 0;
    for (int i = 0; i < 3; ++i) {
        const Array result = cache.get("text", "cpu f32 0", hundred(1), [&] {
            ++made;
            return hundred(7);
        });
        EXPECT_EQ(result.shape, (std::vector<std::int64_t>{10, 10}));
        EXPECT_EQ(result.values, hundred(7).values);
    }
    EXPECT_EQ(made, 1);
}

TEST(ResultCacheTest, ForgetsWhatWasNotUsedForLongest) {
    ResultCache cache(2 * 401);
    cache.keep("a", hundred(1));
    cache.keep("b", hundred(2));
    ASSERT_NE(cache.find("a"), nullptr);
    cache.keep("c", hundred(3));
    EXPECT_NE(cache.find("a"), nullptr);
    EXPECT_EQ(cache.find("b"), nullptr);
    EXPECT_NE(cache.find("c"), nullptr);
    EXPECT_EQ(cache.bytes(), 2 * 401);
}

TEST(ResultCacheTest, StaysWithinItsMemory) {
    ResultCache none(0), small(1000);
    none.keep("a", hundred(1));
    EXPECT_EQ(none.find("a"), nullptr);
    small.keep("a", hundred(1));
    small.keep("large", Array({1000}));
    EXPECT_NE(small.find("a"), nullptr);
    EXPECT_EQ(small.find("large"), nullptr);
    small.clear();
    EXPECT_EQ(small.find("a"), nullptr);
    EXPECT_EQ(small.bytes(), 0);
}

TEST(ResultCacheTest, TellsInputsApart) {
    const Array flat({4}, std::vector<float>{1, 2, 3, 4}), square({2, 2}, flat.values);
    EXPECT_NE(content_key(flat), content_key(square));
    EXPECT_EQ(content_key(flat), content_key(Array(flat)));
    Array other = flat;
    other.values[3] = 4.000001f;
    EXPECT_NE(content_key(flat), content_key(other));
    EXPECT_NE(content_key(std::vector<std::int32_t>{1, 2}),
              content_key(std::vector<std::int32_t>{2, 1}));
    EXPECT_NE(result_key("text", "cpu f32 0", "x"), result_key("text", "cpu bf16 0", "x"));
}

}  // namespace
}  // namespace acestep::pipeline
