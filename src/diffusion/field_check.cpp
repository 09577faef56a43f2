#include "diffusion/field_check.h"

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::diffusion {

void require_between(std::string_view field, double value, double lowest, double highest) {
    if (value >= lowest && value <= highest) return;
    throw Error(ErrorCode::invalid_request,
                fmt::format("{} is {}; it must be {} to {}.", field, value, lowest, highest));
}

}  // namespace acestep::diffusion
