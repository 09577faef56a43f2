#include "lm/sampler_settings.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "lm/sampler.h"

namespace acestep::lm {
namespace {

TEST(LmSamplerSettings, DefaultsAndTheEdgesOfEveryRangeAreValid) {
    EXPECT_NO_THROW(validate({}));
    EXPECT_NO_THROW(validate({.temperature = 0, .top_k = 0, .top_p = 1, .min_p = 0}));
    EXPECT_NO_THROW(validate({.top_k = 1 << 30, .top_p = 1e-30f, .min_p = 1}));
}

TEST(LmSamplerSettings, AValueOutOfRangeIsNamed) {
    const struct {
        SamplerSettings settings;
        const char* name;
    } cases[] = {{{.temperature = -0.1f}, "temperature"},
                 {{.temperature = NAN}, "temperature"},
                 {{.temperature = INFINITY}, "temperature"},
                 {{.top_k = -1}, "top_k"},
                 {{.top_p = 0}, "top_p"},
                 {{.top_p = 1.01f}, "top_p"},
                 {{.top_p = NAN}, "top_p"},
                 {{.min_p = -0.5f}, "min_p"},
                 {{.min_p = 1.5f}, "min_p"},
                 {{.repetition_penalty = 0}, "repetition_penalty"},
                 {{.repetition_penalty = INFINITY}, "repetition_penalty"}};
    for (const auto& [settings, name] : cases) {
        try {
            const Sampler sampler(settings);
            ADD_FAILURE() << name;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_request);
            EXPECT_NE(error.message().find(name), std::string::npos) << error.message();
        }
    }
}

}  // namespace
}  // namespace acestep::lm
