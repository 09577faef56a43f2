// Tiers as JSON, for programs.
#include <cmath>

#include <nlohmann/json.hpp>

#include "acestep/tiers.h"

namespace acestep {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Tier& tier) {
    const TierAdvice advice = advice_for(tier);
    Json json;
    json["id"] = tier.id;
    json["label"] = tier.label;
    json["number"] = tier.number;
    json["profile"] = name(tier.profile);
    json["memory_gib"] = std::isfinite(tier.memory_gib) ? Json(tier.memory_gib) : Json();
    json["lm_models"] = tier.lm_models;
    json["lm_default_on"] = tier.lm_default_on;
    json["recommended_lm"] = tier.recommended_lm;
    json["lm_memory"] = Json::object();
    for (const auto& [size, gib] : tier.lm_memory) json["lm_memory"][size] = gib;
    json["backend"] = tier.backend;
    json["backend_restriction"] = tier.backend_restriction;
    json["max_duration_with_lm"] = tier.max_duration_with_lm;
    json["max_duration_without_lm"] = tier.max_duration_without_lm;
    json["max_batch_with_lm"] = tier.max_batch_with_lm;
    json["max_batch_without_lm"] = tier.max_batch_without_lm;
    json["offload_to_cpu"] = tier.offload_to_cpu;
    json["offload_dit_to_cpu"] = tier.offload_dit_to_cpu;
    json["quantize_int8"] = tier.quantize_int8;
    json["compile"] = tier.compile;
    json["notes"] = tier.notes;
    json["advice"] = {{"settings", advice.settings}, {"consequences", advice.consequences}};
    return json;
}

}  // namespace

std::string to_json(const std::vector<Tier>& tiers) {
    Json list = Json::array();
    for (const Tier& tier : tiers) list.push_back(json_of(tier));
    return list.dump(2) + "\n";
}

}  // namespace acestep
