#include "onednn/products/word_panels.h"

#include <cstring>
#include <numeric>

#include <gtest/gtest.h>

#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

class WordPanelsTest : public testing::Test {
protected:
    void SetUp() override {
        if (!best_kernels().words) GTEST_SKIP() << "This processor has no products on words.";
    }
};

std::vector<std::uint32_t> room_for(const WordPanels& panels) {
    return std::vector<std::uint32_t>(panels.bytes() / sizeof(std::uint32_t), 7);
}

TEST_F(WordPanelsTest, OfBf16AreReadBackAsTheyWereMade) {
    for (const auto& [rows, channels] : {std::pair{1, 1}, {33, 75}, {70, 600}, {45, 320}}) {
        std::vector<ggml_bf16_t> values;
        for (const float value : random_floats(rows * channels, 1))
            values.push_back(ggml_fp32_to_bf16(value));
        const WordPanels panels{.rows = rows, .channels = channels};
        auto packed = room_for(panels);
        const Matrix matrix{.data = values.data(),
                            .type = GGML_TYPE_BF16,
                            .rows = rows,
                            .columns = channels,
                            .row_bytes = channels * sizeof(ggml_bf16_t)};
        for (std::int64_t i = 0; i < panels.count(); ++i)
            make_bf16_panel(best_kernels(), matrix, panels, i,
                            packed.data() + i * panels.panel_words(), thread_scratch());
        std::vector<ggml_bf16_t> back(values.size());
        rows_of_panels(panels, packed.data(), back.data());
        EXPECT_EQ(std::memcmp(back.data(), values.data(), values.size() * sizeof(ggml_bf16_t)), 0)
            << rows << " x " << channels;
    }
}

/// Rows of bytes as words, with zeros up to whole steps.
std::vector<std::uint32_t> words_of(const std::vector<std::int8_t>& values,
                                    const WordPanels& panels) {
    const std::int64_t stride = words_apart(panels.words());
    std::vector<std::uint32_t> words(static_cast<std::size_t>(panels.rows * stride));
    for (std::int64_t row = 0; row < panels.rows; ++row)
        std::memcpy(words.data() + row * stride, values.data() + row * panels.channels,
                    static_cast<std::size_t>(panels.channels));
    return words;
}

TEST_F(WordPanelsTest, OfBytesAreReadBackAsTheyWereMade) {
    for (const auto& [rows, channels] : {std::pair{1, 1}, {33, 75}, {70, 5000}}) {
        std::vector<std::int8_t> values(rows * channels);
        std::iota(values.begin(), values.end(), std::int8_t{-100});
        const WordPanels panels{.rows = rows, .channels = channels, .numbers = 4};
        auto packed = room_for(panels);
        const std::vector<std::uint32_t> words = words_of(values, panels);
        const std::int64_t stride = words_apart(panels.words());
        for (std::int64_t i = 0; i < panels.count(); ++i)
            make_panel_of_words(best_kernels(), words.data() + i * word_panel_columns * stride,
                                stride, panels, i, packed.data() + i * panels.panel_words());
        std::vector<std::int8_t> back(values.size());
        rows_of_panels(panels, packed.data(), back.data());
        EXPECT_EQ(back, values) << rows << " x " << channels;
    }
}

TEST_F(WordPanelsTest, AreZeroBeyondTheMatrix) {
    const std::vector<std::int8_t> values(3 * 5, 1);
    const WordPanels panels{.rows = 3, .channels = 5, .numbers = 4};
    auto packed = room_for(panels);
    make_panel_of_words(best_kernels(), words_of(values, panels).data(),
                        words_apart(panels.words()), panels, 0, packed.data());
    std::int64_t sum = 0;
    for (const std::uint32_t word : packed) sum += __builtin_popcount(word);
    EXPECT_EQ(sum, 3 * 5);
}

TEST(WordPanels, HaveWholeStepsAndPanels) {
    const WordPanels panels{.rows = 33, .taps = 7, .channels = 33, .parts = 2};
    EXPECT_EQ(panels.count(), 2);
    EXPECT_EQ(panels.words(), 32);
    EXPECT_EQ(panels.bytes(), std::size_t{2} * 2 * 7 * 32 * 32 * 4);
}

}  // namespace
}  // namespace acestep::onednn
