// What the stages of a song cost, as all reports of the program write it.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "acestep/song.h"

namespace acestep::cli {

/// [{"stage":…,"seconds":…,"peak_bytes":…},…]
nlohmann::ordered_json stages_json(const std::vector<StageReport>& stages);

}  // namespace acestep::cli
