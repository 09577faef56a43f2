// A plan as JSON.
#include <nlohmann/json.hpp>

#include "acestep/plan.h"

namespace acestep {
namespace {

using Json = nlohmann::ordered_json;

Json memory_json(const PlannedMemory& device) {
    return {{"device", device.device},
            {"memory_bytes", device.memory_bytes},
            {"budget_bytes", device.budget_bytes},
            {"peak_bytes", device.peak_bytes}};
}

Json stage_json(const StagePlan& stage) {
    Json json{{"stage", name(stage.stage)},
              {"device", stage.device},
              {"dtype", stage.dtype},
              {"residency", name(stage.residence)},
              {"weight_bytes", stage.weight_bytes},
              {"peak_bytes", stage.peak_bytes},
              {"load_seconds", stage.load_seconds},
              {"seconds", stage.seconds}};
    if (stage.tile_frames > 0) json["tile_frames"] = stage.tile_frames;
    if (stage.songs_at_once > 0) json["songs_at_once"] = stage.songs_at_once;
    return json;
}

Json rejected_json(const RejectedWay& way) {
    return {{"stage", name(way.stage)},     {"device", way.device},   {"way", way.way},
            {"peak_bytes", way.peak_bytes}, {"seconds", way.seconds}, {"reason", way.reason}};
}

}  // namespace

std::string to_json(const Plan& plan, bool explain) {
    Json json{{"tier", plan.tier},
              {"fits", plan.fits},
              {"device", plan.device},
              {"memory_bytes", plan.memory_bytes},
              {"budget_bytes", plan.budget_bytes},
              {"duration", plan.duration},
              {"batch_size", plan.batch_size},
              {"peak_bytes", plan.peak_bytes},
              {"seconds", plan.seconds},
              {"longest_duration", plan.longest_duration},
              {"devices", Json::array()},
              {"stages", Json::array()},
              {"warnings", plan.warnings}};
    for (const PlannedMemory& device : plan.devices) json["devices"].push_back(memory_json(device));
    for (const StagePlan& stage : plan.stages) json["stages"].push_back(stage_json(stage));
    if (!plan.fits) {
        json["refusal"] = plan.refusal;
        json["suggestion"] = plan.suggestion;
    }
    if (explain) {
        json["rejected"] = Json::array();
        for (const RejectedWay& way : plan.rejected) json["rejected"].push_back(rejected_json(way));
    }
    return json.dump(2) + "\n";
}

}  // namespace acestep
