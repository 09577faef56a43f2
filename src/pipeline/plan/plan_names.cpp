// Names of the enumerations in plan.h.
#include <array>

#include <fmt/format.h>

#include "acestep/error.h"
#include "acestep/plan.h"
#include "pipeline/request/message_text.h"

namespace acestep {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 3> residence_names{"resident", "swapped", "streamed"};
constexpr std::array<std::string_view, 3> limits_names{"auto", "tier", "planned"};

}  // namespace

std::string_view name(Residence residence) {
    return residence_names.at(static_cast<std::size_t>(residence));
}

std::string_view name(Limits limits) {
    return limits_names.at(static_cast<std::size_t>(limits));
}

Limits limits_from_name(std::string_view wanted) {
    for (std::size_t i = 0; i < limits_names.size(); ++i)
        if (limits_names[i] == wanted) return static_cast<Limits>(i);
    throw Error(ErrorCode::invalid_request,
                fmt::format("limits is {}, which does not exist.", pipeline::in_quotes(wanted)),
                "Use auto, tier or planned.");
}

}  // namespace acestep
