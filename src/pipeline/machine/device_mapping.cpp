// Which device a network is to run on, from one text (map_devices of plan.h).
// Source: spec product.md 3.1, 3.2 (--gpu-mapping, ACESTEP_GPU_MAPPING).
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "acestep/error.h"
#include "acestep/plan.h"
#include "base/ascii.h"
#include "base/comma_list.h"
#include "pipeline/request/message_text.h"

namespace acestep {
namespace {

struct MappedNetwork {
    std::string_view name;
    std::string MachineLimits::*device;
};

constexpr std::array mapped_networks = {
    MappedNetwork{"dit", &MachineLimits::dit_device},
    MappedNetwork{"vae", &MachineLimits::vae_device},
    MappedNetwork{"text_encoder", &MachineLimits::text_encoder_device},
    MappedNetwork{"lm", &MachineLimits::lm_device},
};

[[noreturn]] void refuse_mapping(std::string_view entry) {
    throw Error(ErrorCode::invalid_request,
                fmt::format("gpu-mapping has {}, which maps no network to a device.",
                            pipeline::in_quotes(entry)),
                "Write auto, single:1, or such as dit:0,vae:0,text_encoder:0,lm:1.");
}

}  // namespace

void map_devices(MachineLimits& machine, std::string_view mapping) {
    const std::string_view text = trimmed(mapping);
    if (text.empty() || equal_ignoring_case(text, "auto")) return;
    MachineLimits mapped = machine;
    for (const std::string_view part : split_at_commas(text)) {
        const std::string_view entry = trimmed(part);
        const std::size_t colon = std::min(entry.find(':'), entry.size());
        const std::string network = ascii_lower(trimmed(entry.substr(0, colon)));
        const std::string device(trimmed(entry.substr(std::min(colon + 1, entry.size()))));
        if (device.empty()) refuse_mapping(entry);
        if (network == "single" && entry.size() == text.size()) {
            mapped.device = device;
            break;
        }
        const auto known = std::find_if(mapped_networks.begin(), mapped_networks.end(),
                                        [&](const auto& one) { return one.name == network; });
        if (known == mapped_networks.end()) refuse_mapping(entry);
        mapped.*known->device = device;
    }
    machine = std::move(mapped);
}

}  // namespace acestep
