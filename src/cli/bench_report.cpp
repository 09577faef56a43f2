#include "cli/bench_report.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/version.h"
#include "cli/stages_json.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

using Json = nlohmann::ordered_json;

/// One figure of every run that made its song.
struct Figures {
    std::vector<double> values;

    double first() const { return values.empty() ? 0 : values.front(); }
    double best() const {
        return values.empty() ? 0 : *std::min_element(values.begin(), values.end());
    }
    double median() const {
        if (values.empty()) return 0;
        std::vector<double> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        const std::size_t middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
};

Figures figures(const BenchReport& report, const std::function<double(const BenchRun&)>& of) {
    Figures result;
    for (const BenchRun& run : report.runs)
        if (run.error.empty()) result.values.push_back(of(run));
    return result;
}

struct StageFigures {
    Stage stage = Stage::load;
    Figures seconds;
    std::int64_t peak_bytes = 0;
};

std::vector<StageFigures> by_stage(const BenchReport& report) {
    std::vector<StageFigures> result;
    for (const BenchRun& run : report.runs) {
        if (!run.error.empty()) continue;
        for (const StageReport& stage : run.stages) {
            auto found = std::find_if(result.begin(), result.end(), [&](const StageFigures& known) {
                return known.stage == stage.stage;
            });
            if (found == result.end()) found = result.insert(result.end(), {stage.stage, {}, 0});
            found->seconds.values.push_back(stage.seconds);
            found->peak_bytes = std::max(found->peak_bytes, stage.peak_bytes);
        }
    }
    return result;
}

std::string row(std::string_view title, const Figures& seconds, std::int64_t peak_bytes = 0) {
    return fmt::format("  {:<14}{:>12}{:>12}{:>12}{:>14}\n", title, texts::seconds(seconds.first()),
                       texts::seconds(seconds.best()), texts::seconds(seconds.median()),
                       peak_bytes > 0 ? texts::bytes(peak_bytes) : "");
}

void add_seconds(Json& to, const std::string& prefix, const Figures& seconds) {
    to[prefix + "first_seconds"] = seconds.first();
    to[prefix + "best_seconds"] = seconds.best();
    to[prefix + "median_seconds"] = seconds.median();
}

Json json_of(const BenchRun& run) {
    return {{"error", run.error},
            {"seconds", run.seconds},
            {"first_step_seconds", run.first_step_seconds},
            {"stages", stages_json(run.stages)},
            {"warnings", run.warnings}};
}

Json json_of(const BenchReport& report) {
    Json json{{"version", version()},
              {"model", report.model},
              {"duration", report.duration_seconds},
              {"stages", Json::array()}};
    for (const StageFigures& stage : by_stage(report)) {
        Json entry{{"stage", name(stage.stage)}};
        add_seconds(entry, "", stage.seconds);
        entry["peak_bytes"] = stage.peak_bytes;
        json["stages"].push_back(std::move(entry));
    }
    add_seconds(json, "", figures(report, [](const BenchRun& run) { return run.seconds; }));
    add_seconds(json, "first_step_",
                figures(report, [](const BenchRun& run) { return run.first_step_seconds; }));
    json["failures"] = report.failures();
    json["runs"] = Json::array();
    for (const BenchRun& run : report.runs) json["runs"].push_back(json_of(run));
    return json;
}

std::string dump(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::size_t BenchReport::failures() const {
    return static_cast<std::size_t>(std::count_if(
        runs.begin(), runs.end(), [](const BenchRun& run) { return !run.error.empty(); }));
}

std::string as_text(const BenchReport& report) {
    std::string text =
        fmt::format("{}, {:g} s of music, {} songs in a row\n", texts::printable(report.model),
                    report.duration_seconds, report.runs.size());
    text += fmt::format("  {:<14}{:>12}{:>12}{:>12}{:>14}\n", "stage", "first", "best", "median",
                        "peak memory");
    for (const StageFigures& stage : by_stage(report))
        text += row(name(stage.stage), stage.seconds, stage.peak_bytes);
    const Figures all = figures(report, [](const BenchRun& run) { return run.seconds; });
    text += row("all", all);
    text += row("to first step",
                figures(report, [](const BenchRun& run) { return run.first_step_seconds; }));
    if (all.best() > 0)
        text += fmt::format("  {:.2f} s of music a second\n", report.duration_seconds / all.best());
    return text;
}

std::string as_json(const BenchReport& report) {
    return dump(json_of(report));
}

std::string tier_evidence(const BenchReport& report, const Plan& plan,
                          const std::string& machine_json) {
    return dump({{"tier", plan.tier},
                 {"plan", Json::parse(to_json(plan))},
                 {"bench", json_of(report)},
                 {"machine", Json::parse(machine_json)}});
}

}  // namespace acestep::cli
