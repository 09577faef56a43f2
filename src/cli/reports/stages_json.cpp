#include "cli/reports/stages_json.h"

namespace acestep::cli {

nlohmann::ordered_json stages_json(const std::vector<StageReport>& stages) {
    auto json = nlohmann::ordered_json::array();
    for (const StageReport& stage : stages)
        json.push_back({{"stage", name(stage.stage)},
                        {"seconds", stage.seconds},
                        {"peak_bytes", stage.peak_bytes},
                        {"device", stage.device},
                        {"dtype", stage.dtype}});
    return json;
}

}  // namespace acestep::cli
