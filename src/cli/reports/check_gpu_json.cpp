// The report of `acestep check-gpu` as JSON.
#include <nlohmann/json.hpp>

#include "acestep/version.h"
#include "cli/reports/check_gpu_report.h"
#include "cli/reports/check_gpu_topics.h"

namespace acestep::cli {
namespace {

using Json = nlohmann::ordered_json;

Json report_of(const ComputeDevice& device, const TierTuning& tuning) {
    const Tier tier = tier_of(device, tuning);
    return {{"device", device.id},
            {"gpu_type", gpu_type(device)},
            {"gpu_name", device.name},
            {"vram_mb", device.kind == DeviceKind::cpu ? 0 : device.total_bytes >> 20},
            {"api_version", device.api_version},
            {"build_type", build_type(device)},
            {"tier", Json::parse(to_json(std::vector<Tier>{tier})).at(0)}};
}

Json model_of(const CheckpointEntry& model) {
    return {{"name", model.name},
            {"kind", model.kind},
            {"path", model.path.string()},
            {"bytes", model.bytes},
            {"problem", model.problem}};
}

}  // namespace

std::string as_json(const GpuCheck& check) {
    Json json{{"version", version()},
              {"usable_gpu", has_usable_gpu(check.machine)},
              {"reports", Json::array()},
              {"machine", Json::parse(to_json(check.machine))},
              {"checkpoints", check.checkpoints.string()},
              {"models", Json::array()},
              {"models_problem", check.models_problem},
              {"planned", check.planned},
              {"topics", Json::array()}};
    for (const ComputeDevice& device : reported_devices(check.machine))
        json["reports"].push_back(report_of(device, check.tiers));
    for (const CheckpointEntry& model : check.models) json["models"].push_back(model_of(model));
    for (const Topic topic : topics_for(check.machine)) json["topics"].push_back(name(topic));
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace acestep::cli
