#include "lm/sampler_settings.h"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::lm {
namespace {

void require(bool holds, std::string_view name, double value, std::string_view range) {
    if (holds) return;
    throw Error(ErrorCode::invalid_request,
                fmt::format("The language model's {} is {}; it has to be {}.", name, value, range));
}

}  // namespace

// The comparisons are written so that NaN fails them.
void validate(const SamplerSettings& settings) {
    const auto& [temperature, top_k, top_p, min_p, penalty, place] = settings;
    require(temperature >= 0 && std::isfinite(temperature), "temperature", temperature,
            "0 or a number above");
    require(top_k >= 0, "top_k", top_k, "0 (off) or a number above");
    require(top_p > 0 && top_p <= 1, "top_p", top_p, "above 0 and at most 1 (off)");
    require(min_p >= 0 && min_p <= 1, "min_p", min_p, "between 0 (off) and 1");
    require(penalty > 0 && std::isfinite(penalty), "repetition_penalty", penalty,
            "above 0; 1 is off");
}

}  // namespace acestep::lm
