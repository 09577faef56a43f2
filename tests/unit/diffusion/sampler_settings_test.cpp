#include "diffusion/sampler_settings.h"

#include <cmath>
#include <limits>

#include "test_arrays.h"

namespace acestep::diffusion {
namespace {

using tests::expect_invalid;

TEST(DiffusionSamplerSettings, TheDefaultsAreValid) {
    EXPECT_THAT(check(SamplerSettings{}), testing::IsEmpty());
    EXPECT_THAT(check({.turbo = true}), testing::IsEmpty());
}

TEST(DiffusionSamplerSettings, EveryWrongFieldIsNamedWithValueAndRange) {
    const double nan = std::nan("");
    expect_invalid([&] { check({.guidance_scale = -1}); }, {"guidance_scale is -1", "0 to 100"});
    expect_invalid([&] { check({.guidance_scale = nan}); }, {"guidance_scale is nan"});
    expect_invalid([&] { check({.cfg_interval_start = 2}); },
                   {"cfg_interval_start is 2", "0 to 1"});
    expect_invalid([&] { check({.cfg_interval_start = 0.8, .cfg_interval_end = 0.2}); },
                   {"cfg_interval_end is 0.2", "0.8 to 1"});
    expect_invalid([&] { check({.audio_cover_strength = 1.1}); }, {"audio_cover_strength is 1.1"});
    expect_invalid([&] { check({.cover_noise_strength = -0.1}); },
                   {"cover_noise_strength is -0.1"});
    expect_invalid([&] { check({.velocity_norm_threshold = -1}); },
                   {"velocity_norm_threshold is -1"});
    expect_invalid([&] { check({.velocity_ema_factor = 1.5}); }, {"velocity_ema_factor is 1.5"});
    expect_invalid([&] { check({.velocity_ema_factor = nan}); }, {"velocity_ema_factor is nan"});
    expect_invalid([&] { check({.infer_method = "SDE"}); },
                   {"infer_method is \"SDE\"", "ode, sde"});
    expect_invalid([&] { check({.sampler_mode = ""}); }, {"sampler_mode is \"\"", "euler, heun"});
}

TEST(DiffusionSamplerSettings, FieldsWithoutEffectAreNoted) {
    EXPECT_THAT(check({.infer_method = "sde", .sampler_mode = "heun"}),
                testing::ElementsAre(testing::HasSubstr("sampler_mode heun has no effect")));
    EXPECT_THAT(check({.turbo = true, .use_adg = true}),
                testing::ElementsAre(testing::HasSubstr("use_adg has no effect")));
}

}  // namespace
}  // namespace acestep::diffusion
