#include "diffusion/cuda_generator.h"

#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace acestep::diffusion {
namespace {

using Words = std::array<std::uint32_t, 4>;

std::vector<float> normal(std::uint64_t seed, std::size_t count, std::uint64_t gpu_threads = 0) {
    std::vector<float> values(count);
    cuda_normal(seed, values, gpu_threads);
    return values;
}

// Known answers published with the Random123 library.
TEST(DiffusionCudaGenerator, PhiloxGivesItsKnownAnswers) {
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
              (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
              (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// What a GPU gives for torch.manual_seed(42), stated in dit.md 6.8.
TEST(DiffusionCudaGenerator, Seed42GivesTheValuesOfAGpu) {
    const auto values = normal(42, 250 * 64);
    EXPECT_EQ(rounded_to_bfloat16(values[0]), 0.194335938f);
    EXPECT_EQ(rounded_to_bfloat16(values[1]), 2.15625f);
    EXPECT_EQ(rounded_to_bfloat16(values[2]), -0.171875f);
    EXPECT_EQ(rounded_to_bfloat16(values[3]), 0.84765625f);
}

TEST(DiffusionCudaGenerator, WithoutALimitAShorterDrawIsTheBeginningOfALongerOne) {
    auto longer = normal(9, 1000);
    longer.resize(300);
    EXPECT_EQ(normal(9, 300), longer);
}

TEST(DiffusionCudaGenerator, BothHalvesOfTheSeedCount) {
    EXPECT_NE(normal(42, 16), normal((1ull << 32) + 42, 16));
}

// Element k belongs to thread k mod G and is its value number k div G; a block holds four.
TEST(DiffusionCudaGenerator, AGpuWithFewThreadsTakesFourValuesFromEachBlock) {
    const std::uint64_t seed = 0x1234'5678'9abc'def0;
    const std::uint64_t threads = 512;
    const auto values = normal(seed, 9 * threads + 5, threads);
    for (const std::size_t k : {0u, 511u, 512u, 1030u, 1536u, 2047u, 2048u, 4095u, 4096u, 4612u}) {
        const auto number = k / threads;
        const Words words = philox(
            {static_cast<std::uint32_t>(number / 4), 0, static_cast<std::uint32_t>(k % threads), 0},
            {0x9abcdef0, 0x12345678});
        const std::size_t pair = number % 4 < 2 ? 0 : 2;
        const double u = words[pair] * 0x1p-32 + 0x1p-33;
        const double angle = (words[pair + 1] * 0x1p-32 + 0x1p-33) * 2 * std::numbers::pi;
        const double want =
            std::sqrt(-2 * std::log(u)) * (number % 2 == 0 ? std::sin(angle) : std::cos(angle));
        EXPECT_NEAR(values[k], want, 3e-6) << k;
    }
}

TEST(DiffusionCudaGenerator, ALimitOnThreadsDoesNotChangeDrawsThatFit) {
    const std::uint64_t threads = 132 * 2048;
    EXPECT_EQ(normal(5, 20000, threads), normal(5, 20000));
    EXPECT_NE(normal(5, 20000, 2048), normal(5, 20000));
    EXPECT_EQ(normal(5, 1000, 1), normal(5, 1000, 256)) << "a group has 256 threads";
}

// Bounds of five standard errors for a million independent values.
TEST(DiffusionCudaGenerator, AMillionValuesAreNormallyDistributed) {
    const std::size_t count = 1000000;
    for (const std::uint64_t threads : {std::uint64_t{0}, std::uint64_t{132 * 2048}}) {
        const auto values = normal(42, count, threads);
        double sum = 0, squares = 0, neighbours = 0, within_one = 0;
        for (std::size_t k = 0; k < count; ++k) {
            sum += values[k];
            squares += double(values[k]) * values[k];
            neighbours += double(values[k]) * values[(k + 1) % count];
            within_one += std::abs(values[k]) < 1;
        }
        const double n = count, expected_within_one = std::erf(1 / std::numbers::sqrt2);
        EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
        EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2 / n));
        EXPECT_NEAR(neighbours / n, 0, 5 / std::sqrt(n));
        EXPECT_NEAR(within_one / n, expected_within_one,
                    5 * std::sqrt(expected_within_one * (1 - expected_within_one) / n));
    }
}

TEST(DiffusionCudaGenerator, Bfloat16RoundsToTheNearestAndHalvesToEven) {
    EXPECT_EQ(rounded_to_bfloat16(1.0f), 1.0f);
    EXPECT_EQ(rounded_to_bfloat16(1.0f + 0x1p-8f), 1.0f);                // half way: even is below
    EXPECT_EQ(rounded_to_bfloat16(1.0f + 3 * 0x1p-8f), 1.0f + 0x1p-6f);  // half way: even is above
    EXPECT_EQ(rounded_to_bfloat16(1.0f + 0x1p-8f + 0x1p-20f), 1.0f + 0x1p-7f);
    EXPECT_EQ(rounded_to_bfloat16(-1.0f - 0x1p-8f - 0x1p-20f), -1.0f - 0x1p-7f);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(rounded_to_bfloat16(-0.0f)), 0x80000000u);
}

}  // namespace
}  // namespace acestep::diffusion
