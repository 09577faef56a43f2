// What `acestep bench` has measured, as a table and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "acestep/plan.h"
#include "acestep/song.h"

namespace acestep::cli {

/// One song.
struct BenchRun {
    std::string error;  ///< blank: it was made
    double seconds = 0;
    double first_step_seconds = 0;  ///< from the request to the end of the sampler's first step
    std::vector<StageReport> stages;
    std::vector<std::string> warnings;
};

struct BenchReport {
    std::string model;
    double duration_seconds = 0;  ///< of each song
    std::vector<BenchRun> runs;

    std::size_t failures() const;
};

/// First run, best and median of each stage, highest memory.
std::string as_text(const BenchReport& report);
/// {"model":…,"duration":…,"stages":[{"stage":…,"first_seconds":…,"best_seconds":…,
/// "median_seconds":…,"peak_bytes":…}],"runs":[…],…}
std::string as_json(const BenchReport& report);
/// The same with the machine (JSON), its tier and what was planned: what a change of the tier table
/// has to be shown with.
std::string tier_evidence(const BenchReport& report, const Plan& plan,
                          const std::string& machine_json);

}  // namespace acestep::cli
