#include "planner/known_models.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "unit/planner/planned_machine.h"

namespace acestep::planner {
namespace {

double billions(std::int64_t bytes_of_bf16) {
    return static_cast<double>(bytes_of_bf16) / 2e9;
}

TEST(PlannerKnownModels, HaveTheSizesOfTheReleasedOnes) {
    using runtime::WeightPolicy;
    // Parameters of the diffusion transformers alone, in billions (spec dit.md 1.2).
    EXPECT_NEAR(billions(ReleasedModels("2b").networks().dit(WeightPolicy::bf16).weights().bytes()),
                1.6, 0.1);
    EXPECT_NEAR(billions(ReleasedModels("xl").networks().dit(WeightPolicy::bf16).weights().bytes()),
                4.2, 0.2);
    for (const auto& [size, expected] :
         {std::pair{"0.6b", 0.66}, std::pair{"1.7b", 1.85}, std::pair{"4b", 4.2}}) {
        ReleasedModels models("2b", size);
        EXPECT_NEAR(
            billions(models.networks().language_model(WeightPolicy::bf16).weights().bytes()),
            expected, 0.1)
            << size;
    }
}

TEST(PlannerKnownModels, AreFoundByShortAndOfficialNames) {
    EXPECT_EQ(diffusion_model_config("2B"), diffusion_model_config("acestep-v15-turbo"));
    EXPECT_EQ(diffusion_model_config("xl-sft"), diffusion_model_config("acestep-v15-xl-sft"));
    EXPECT_NE(diffusion_model_config("2b"), diffusion_model_config("2b-base"));
    EXPECT_EQ(language_model_config("1.7B"), language_model_config("acestep-5Hz-lm-1.7B"));
    for (const char* unknown : {"", "3b", "xl-", "acestep", "acestep-v15-"})
        EXPECT_TRUE(diffusion_model_config(unknown).is_null()) << unknown;
    EXPECT_TRUE(language_model_config("7b").is_null());
}

}  // namespace
}  // namespace acestep::planner
