#include "planner/device_profile.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "base/ascii.h"
#include "runtime/weight_types.h"

namespace acestep::planner {
namespace {

using nlohmann::json;

/// Figures of the makers: memory in GiB, its bandwidth in GB/s, the bus in GB/s as it is reached,
/// and TFLOP/s of the vector units in f32 and of the matrix units in 16 bits (dense, f32 sums).
struct Card {
    const char* id;
    const char* name;
    double gib, memory, transfer, f32, half;
};
constexpr Card cards[] = {
    {"rtx3060", "RTX 3060 12 GB", 12, 360, 12, 12.7, 25.4},
    {"rtx3090", "RTX 3090", 24, 936, 22, 35.6, 71},
    {"rtx4090", "RTX 4090", 24, 1008, 22, 82.6, 165},
    {"a100", "A100 80 GB", 80, 2039, 22, 19.5, 312},
};

// Of what a maker states, large products and streams reach about so much.
constexpr double product_share = 0.6, memory_share = 0.8;
constexpr double launch_seconds = 4e-6;

runtime::Speeds speeds_of(double memory, double transfer, double f32, double half) {
    runtime::Speeds speeds;
    speeds.memory = memory_share * memory * 1e9;
    speeds.transfer = transfer * 1e9;
    speeds.launch = launch_seconds;
    speeds.products[GGML_TYPE_F32] = product_share * f32 * 1e12;
    // Quantized matrices are unpacked to 16 bits on their way to the matrix units.
    for (const ggml_type type : runtime::matrix_types)
        if (type != GGML_TYPE_F32) speeds.products[type] = product_share * half * 1e12;
    return speeds;
}

[[noreturn]] void refuse(const std::string& source, const std::string& what) {
    throw Error(ErrorCode::invalid_request, fmt::format("Device profile {}: {}.", source, what),
                "It looks like {\"name\": \"RTX 3060\", \"memory_gib\": 12, \"memory_gb_per_s\": "
                "360, \"transfer_gb_per_s\": 12, \"tflops\": {\"f32\": 12.7, \"f16\": 51}}.");
}

double positive(const json& value, const std::string& key, const std::string& source) {
    constexpr double most = 1e7;
    if (!value.is_number()) refuse(source, key + " is no number");
    const double number = value.get<double>();
    if (!(number > 0) || number > most)
        refuse(source,
               fmt::format("{} is {}, which is not between 0 and {:.0f}", key, number, most));
    return number;
}

std::optional<ggml_type> type_of(const std::string& name) {
    for (const ggml_type type : runtime::matrix_types) {
        if (ascii_lower(ggml_type_name(type)) == name) return type;
    }
    return std::nullopt;
}

void read_products(const json& value, const std::string& source, runtime::Speeds& speeds) {
    if (!value.is_object()) refuse(source, "tflops is no object");
    for (const auto& [name, number] : value.items()) {
        const std::optional<ggml_type> type = type_of(name);
        if (!type) refuse(source, fmt::format("tflops has the unknown type {}", json(name).dump()));
        speeds.products[*type] = positive(number, "tflops." + name, source) * 1e12;
    }
}

}  // namespace

std::int64_t DeviceProfile::budget_bytes() const {
    if (memory_bytes == 0) return 0;
    // A device of which nothing is left is one that refuses everything.
    return std::max<std::int64_t>(1, memory_bytes - reserve_bytes);
}

DeviceProfile simulated_device(double gib) {
    DeviceProfile profile;
    profile.id = "simulated:0";
    profile.name = fmt::format("a simulated device of {:g} GB", gib);
    profile.is_processor = false;
    profile.memory_bytes = static_cast<std::int64_t>(gib * static_cast<double>(gibibyte));
    profile.reserve_bytes = context_bytes;
    const Card& middle = cards[0];
    profile.speeds = speeds_of(middle.memory, middle.transfer, middle.f32, middle.half);
    return profile;
}

DeviceProfile device_profile_from_json(std::string_view text, const std::string& source) {
    const json root = json::parse(text, nullptr, false);
    if (root.is_discarded() || !root.is_object()) refuse(source, "it is no JSON object");
    if (!root.contains("memory_gib")) refuse(source, "memory_gib is missing");
    DeviceProfile profile = simulated_device(positive(root.at("memory_gib"), "memory_gib", source));
    for (const auto& [key, value] : root.items()) {
        if (key == "memory_gib") continue;
        if (key == "name") {
            if (!value.is_string()) refuse(source, "name is no text");
            profile.name = value.get<std::string>();
        } else if (key == "memory_gb_per_s") {
            profile.speeds.memory = positive(value, key, source) * 1e9;
        } else if (key == "transfer_gb_per_s") {
            profile.speeds.transfer = positive(value, key, source) * 1e9;
        } else if (key == "launch_us") {
            profile.speeds.launch = positive(value, key, source) * 1e-6;
        } else if (key == "tflops") {
            read_products(value, source, profile.speeds);
        } else if (key == "reserve_gib") {
            profile.reserve_bytes = static_cast<std::int64_t>(positive(value, key, source) *
                                                              static_cast<double>(gibibyte));
        } else if (key == "refused_request") {
            profile.refused_request = static_cast<std::int64_t>(positive(value, key, source));
        } else {
            refuse(source, fmt::format("{} is not known", json(key).dump()));
        }
    }
    return profile;
}

std::optional<DeviceProfile> known_device(std::string_view name) {
    for (const Card& card : cards) {
        if (name != card.id) continue;
        DeviceProfile profile = simulated_device(card.gib);
        profile.name = card.name;
        profile.speeds = speeds_of(card.memory, card.transfer, card.f32, card.half);
        return profile;
    }
    return std::nullopt;
}

std::vector<std::string> known_devices() {
    std::vector<std::string> names;
    for (const Card& card : cards) names.emplace_back(card.id);
    return names;
}

}  // namespace acestep::planner
