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
    /// Songs by ggml's kernels alone, made between the others; blank: none were asked for.
    std::vector<BenchRun> ggml_runs;

    std::size_t failures() const;
};

/// One figure of every run that made its song.
struct Figures {
    std::vector<double> values;

    double first() const;
    double best() const;
    double median() const;
};

/// A stage over all runs, under the name of its network: "lm", "vae_encode", "text_encoder",
/// "condition_encoder", "dit", "vae_decode"; "load" and "finish" have none.
struct StageFigures {
    std::string_view name;
    StageReport best;  ///< of the run in which it was fastest; the highest memory of all
    Figures seconds;
    Figures ggml_seconds;

    // Of the best run; 0 where it is unknown.
    double flops_per_second() const;
    double bytes_per_second() const;
    double peak_share() const;   ///< of the speed of large products
    double bound_share() const;  ///< how much of the time the device's speeds account for
    double ratio() const;        ///< how many times as long ggml takes
};
std::vector<StageFigures> by_stage(const BenchReport& report);

/// First run, best and median of each stage, what it reached of the device's speeds, memory.
std::string as_text(const BenchReport& report);
/// {"model":…,"duration":…,"stages":[{"stage":"dit","seconds":…,"ggml_seconds":…,"ratio":…,
/// "gflops":…,"peak_share":…,…}],"runs":[…],…}; `seconds` is the best run's.
std::string as_json(const BenchReport& report);
/// The same with the machine (JSON), its tier and what was planned: what a change of the tier table
/// has to be shown with.
std::string tier_evidence(const BenchReport& report, const Plan& plan,
                          const std::string& machine_json);

}  // namespace acestep::cli
