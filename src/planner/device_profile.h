// What a plan has to know of a device: how much memory it has, and how fast it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/speeds.h"

namespace acestep::planner {

struct DeviceProfile {
    std::string id = "cpu";  ///< "cpu", "cuda:0", "simulated:0", …
    std::string name;        ///< for people
    bool is_processor = true;
    /// Whose stages it is for. A processor is for every stage.
    bool for_language = true, for_text = true, for_diffusion = true, for_autoencoder = true;
    std::int64_t memory_bytes = 0;  ///< 0: not known, so nothing is refused
    /// What is not for the engine: the driver's context, what other programs hold.
    std::int64_t reserve_bytes = 0;
    runtime::Speeds speeds;
    /// Testing: the device refuses the request for memory with this number, from 1. 0: none.
    std::int64_t refused_request = 0;

    /// 0: no limit.
    std::int64_t budget_bytes() const;
    /// Any of the networks that make a song.
    bool for_songs() const { return for_text || for_diffusion || for_autoencoder; }
};

constexpr std::int64_t gibibyte = std::int64_t{1} << 30;
/// The driver's own share of a device with memory of its own (spec product.md 2.2, 2.11).
constexpr std::int64_t context_bytes = gibibyte / 2;

/// A device with so much memory and the speed of a middle-class card.
DeviceProfile simulated_device(double gib);

/// A profile as JSON: {"name": "RTX 3060", "memory_gib": 12, "memory_gb_per_s": 360,
/// "transfer_gb_per_s": 12, "launch_us": 5, "tflops": {"f32": 12.7, "f16": 51, …}} and, for tests,
/// "refused_request". A missing speed is that of `simulated_device`. `source` is named in messages.
/// \throws Error{invalid_request}
DeviceProfile device_profile_from_json(std::string_view json, const std::string& source);

/// Cards whose published figures are known, by short name such as "rtx3060"; nothing else is found.
std::optional<DeviceProfile> known_device(std::string_view name);
std::vector<std::string> known_devices();

}  // namespace acestep::planner
