// Names of the enumerations in tiers.h.
#include <array>

#include <fmt/format.h>

#include "acestep/tiers.h"
#include "planner/message_text.h"

namespace acestep {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 2> profile_names{"classic", "refined"};
constexpr std::array<std::string_view, 2> boundaries_names{"doc", "code"};
constexpr std::array<std::string_view, 6> platform_names{"cuda", "rocm",   "xpu",
                                                         "mps",  "vulkan", "cpu"};
// As ComputeDevice spells them.
constexpr std::array<std::string_view, 6> backend_names{"CUDA",  "ROCm",   "SYCL",
                                                        "Metal", "Vulkan", "CPU"};

template <std::size_t size>
std::size_t index_of(const std::array<std::string_view, size>& names, std::string_view name) {
    std::size_t index = 0;
    while (index < size && names[index] != name) ++index;
    return index;
}

}  // namespace

std::string_view name(TierProfile profile) {
    return profile_names.at(static_cast<std::size_t>(profile));
}

TierProfile tier_profile_from_name(std::string_view wanted) {
    const std::size_t index = index_of(profile_names, wanted);
    if (index < profile_names.size()) return static_cast<TierProfile>(index);
    throw Error(
        ErrorCode::invalid_request,
        fmt::format("The tier profile is {}, which does not exist.", planner::in_quotes(wanted)),
        "Use classic or refined.");
}

std::string_view name(TierBoundaries boundaries) {
    return boundaries_names.at(static_cast<std::size_t>(boundaries));
}

TierBoundaries tier_boundaries_from_name(std::string_view wanted) {
    const std::size_t index = index_of(boundaries_names, wanted);
    if (index < boundaries_names.size()) return static_cast<TierBoundaries>(index);
    throw Error(ErrorCode::invalid_request,
                fmt::format("The boundaries of the tiers are {}, which do not exist.",
                            planner::in_quotes(wanted)),
                "Use doc or code.");
}

std::string_view name(Platform platform) {
    return platform_names.at(static_cast<std::size_t>(platform));
}

Platform platform_of_backend(std::string_view backend) {
    const std::size_t index = index_of(backend_names, backend);
    return index < backend_names.size() ? static_cast<Platform>(index) : Platform::vulkan;
}

}  // namespace acestep
