#include "diffusion/cpu_generator.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace acestep::diffusion {
namespace {

std::vector<float> normal(CpuGenerator& generator, std::size_t count) {
    std::vector<float> values(count);
    generator.normal(values);
    return values;
}

std::vector<float> normal(std::uint64_t seed, std::size_t count) {
    CpuGenerator generator(seed);
    return normal(generator, count);
}

// The first values of torch.manual_seed(42); torch.randn(64), as dit.md 6.8 states them. All bits
// are compared by the golden tests.
TEST(DiffusionCpuGenerator, Seed42GivesTheValuesOfPyTorch) {
    EXPECT_THAT(std::vector(normal(42, 64)).front(), testing::FloatNear(1.926915f, 5e-7f));
    const auto values = normal(42, 64);
    EXPECT_NEAR(values[1], 1.487284f, 5e-7);
    EXPECT_NEAR(values[2], 0.900717f, 5e-7);
    EXPECT_NEAR(values[3], -2.105521f, 5e-7);
}

TEST(DiffusionCpuGenerator, OnlyTheLow32BitsOfASeedCount) {
    EXPECT_EQ(normal(42, 32), normal((1ull << 32) + 42, 32));
    EXPECT_NE(normal(42, 32), normal(43, 32));
}

TEST(DiffusionCpuGenerator, WholeBlocksContinueOneStream) {
    CpuGenerator generator(7);
    auto parts = normal(generator, 32);
    const auto second = normal(generator, 16);
    parts.insert(parts.end(), second.begin(), second.end());
    EXPECT_EQ(parts, normal(7, 48));
}

TEST(DiffusionCpuGenerator, APartOfABlockMakesTheLast16ValuesNew) {
    const auto whole = normal(7, 32);
    const auto part = normal(7, 33);
    for (std::size_t k = 0; k < 16; ++k) EXPECT_EQ(part[k], whole[k]) << k;
    EXPECT_NE(part[17], whole[17]);
}

TEST(DiffusionCpuGenerator, ASpareScalarValueIsKeptAcrossLongDraws) {
    CpuGenerator once(3), split(3);
    const auto pair = normal(once, 2);
    EXPECT_EQ(normal(split, 1)[0], pair[0]);
    normal(split, 16);
    EXPECT_EQ(normal(split, 1)[0], pair[1]);
}

TEST(DiffusionCpuGenerator, UniformValuesAreMultiplesOfTheirResolution) {
    CpuGenerator generator(1);
    std::vector<float> values(100000);
    generator.uniform(values);
    double sum = 0;
    for (const float value : values) {
        ASSERT_GE(value, 0);
        ASSERT_LT(value, 1);
        ASSERT_EQ(std::fmod(value, 0x1p-24f), 0);
        sum += value;
    }
    EXPECT_NEAR(sum / 1e5, 0.5, 5 * std::sqrt(1.0 / 12 / 1e5));
}

TEST(DiffusionCpuGenerator, NothingIsDrawnForNoValues) {
    CpuGenerator generator(5);
    generator.normal({});
    generator.uniform({});
    EXPECT_EQ(normal(generator, 16), normal(5, 16));
}

}  // namespace
}  // namespace acestep::diffusion
