#include "pipeline/request/sampler_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "request_support.h"

namespace acestep::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Warnings = std::vector<std::string>;

Warnings warnings_of(SongRequest& request, const ModelFacts& model) {
    Warnings warnings;
    apply_sampler_rules(request, model, warnings);
    return warnings;
}

TEST(SamplerRules, FillTheDefaultsOfATurboModel) {
    SongRequest request;
    EXPECT_THAT(warnings_of(request, tests::turbo_model()), IsEmpty());
    EXPECT_EQ(request.inference_steps, 8);
    EXPECT_EQ(request.guidance_scale, 1);
    EXPECT_EQ(request.shift, 3);
}

TEST(SamplerRules, FillTheDefaultsOfAGuidedModel) {
    SongRequest request;
    EXPECT_THAT(warnings_of(request, tests::base_model()), IsEmpty());
    EXPECT_EQ(request.inference_steps, 50);
    EXPECT_EQ(request.guidance_scale, 7);
    EXPECT_EQ(request.shift, 1);
}

TEST(SamplerRules, KeepWhatAGuidedModelIsAskedFor) {
    SongRequest request;
    request.inference_steps = 32;
    request.guidance_scale = 4.5;
    request.shift = 2.5;
    request.use_adg = true;
    request.cfg_interval_start = 0.25;
    const SongRequest asked = request;
    EXPECT_THAT(warnings_of(request, tests::base_model()), IsEmpty());
    EXPECT_EQ(request, asked);
}

TEST(SamplerRules, ATurboModelTakesEightStepsAndNoGuidanceAndSaysSo) {
    SongRequest request;
    request.inference_steps = 20;
    request.guidance_scale = 7;
    request.use_adg = true;
    request.cfg_interval_start = 0.25;
    request.cfg_interval_end = 0.75;
    EXPECT_THAT(
        warnings_of(request, tests::turbo_model()),
        ElementsAre(HasSubstr("inference_steps 20 is ignored"),
                    HasSubstr("guidance_scale 7 is ignored"), HasSubstr("use_adg true is ignored"),
                    HasSubstr("cfg_interval_start 0.25 is ignored"),
                    HasSubstr("cfg_interval_end 0.75 is ignored")));
    SongRequest plain;
    warnings_of(plain, tests::turbo_model());
    EXPECT_EQ(request, plain);
}

TEST(SamplerRules, ATurboModelSaysNothingAboutWhatItDoesAnyway) {
    SongRequest request;
    request.inference_steps = 8;
    request.guidance_scale = 1;
    EXPECT_THAT(warnings_of(request, tests::turbo_model()), IsEmpty());
}

TEST(SamplerRules, TimestepsReplaceTheStepsAndEndAtZeroOnAGuidedModel) {
    SongRequest request;
    request.timesteps = {1, 0.5};
    request.inference_steps = 30;
    EXPECT_THAT(warnings_of(request, tests::base_model()),
                ElementsAre(HasSubstr("inference_steps 30 is ignored: timesteps decides")));
    EXPECT_FALSE(request.inference_steps);
    EXPECT_THAT(request.timesteps, ElementsAre(1, 0.5, 0));
    EXPECT_THAT(warnings_of(request, tests::base_model()), IsEmpty());
    EXPECT_THAT(request.timesteps, ElementsAre(1, 0.5, 0));
}

TEST(SamplerRules, HeunGivesWayToStochasticSteps) {
    SongRequest request;
    request.sampler_mode = "heun";
    EXPECT_THAT(warnings_of(request, tests::base_model()), IsEmpty());
    request.infer_method = "sde";
    EXPECT_THAT(warnings_of(request, tests::base_model()),
                ElementsAre(HasSubstr("sampler_mode heun is ignored")));
    EXPECT_EQ(request.sampler_mode, "euler");
}

TEST(SamplerRules, ARetakeSeedNeedsAVariance) {
    SongRequest request;
    request.retake_seed = 4;
    EXPECT_THAT(warnings_of(request, tests::base_model()),
                ElementsAre(HasSubstr("retake_seed is ignored")));
    EXPECT_FALSE(request.retake_seed);
}

}  // namespace
}  // namespace acestep::pipeline
