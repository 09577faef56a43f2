#include "diffusion/noise.h"

#include <limits>
#include <vector>

#include "diffusion/cuda_generator.h"
#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

using Seeds = std::vector<std::int64_t>;

TEST(DiffusionNoise, EveryItemHasTheNoiseOfItsOwnSeed) {
    for (const NoiseSource source : {NoiseSource::cpu, NoiseSource::cuda}) {
        const Array both = initial_noise(source, Seeds{42, 7}, 10, 64);
        EXPECT_EQ(both.shape, (std::vector<std::int64_t>{2, 10, 64}));
        const Array alone = initial_noise(source, Seeds{7}, 10, 64);
        const auto second = both.slice(1);
        EXPECT_EQ(std::vector<float>(second.begin(), second.end()), alone.values);
        EXPECT_NE(both.values.front(), alone.values.front());
    }
}

TEST(DiffusionNoise, CudaNoiseIsRoundedToBfloat16) {
    for (const float value : initial_noise(NoiseSource::cuda, Seeds{42}, 20, 64).values) {
        EXPECT_EQ(value, rounded_to_bfloat16(value));
    }
    EXPECT_EQ(initial_noise(NoiseSource::cpu, Seeds{42}, 20, 64).values,
              tests::normal_array({20, 64}, 42).values);
}

TEST(DiffusionNoise, AStepHasTheNoiseOfTheSeedAndItsNumber) {
    for (const NoiseSource source : {NoiseSource::cpu, NoiseSource::cuda}) {
        EXPECT_EQ(step_noise(source, Seeds{42, 7}, 3, 5, 64).values,
                  initial_noise(source, Seeds{46, 11}, 5, 64).values);
    }
}

TEST(DiffusionNoise, TheHighestSeedHasStepNoiseToo) {
    const Seeds highest{std::numeric_limits<std::int64_t>::max()};
    EXPECT_EQ(
        step_noise(NoiseSource::cuda, highest, 0, 1, 64).values,
        initial_noise(NoiseSource::cuda, Seeds{std::numeric_limits<std::int64_t>::min()}, 1, 64)
            .values);
}

}  // namespace
}  // namespace acestep::diffusion
