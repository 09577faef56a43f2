#include "cli/reports/bench_report.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/version.h"
#include "cli/reports/stages_json.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

using Json = nlohmann::ordered_json;

Figures figures(const BenchReport& report, const std::function<double(const BenchRun&)>& of) {
    Figures result;
    for (const BenchRun& run : report.runs)
        if (run.error.empty()) result.values.push_back(of(run));
    return result;
}

/// The network that a stage is about.
std::string_view network_of(Stage stage) {
    switch (stage) {
        case Stage::compose: return "lm";
        case Stage::listen: return "vae_encode";
        case Stage::describe: return "text_encoder";
        case Stage::condition: return "condition_encoder";
        case Stage::diffuse: return "dit";
        case Stage::decode: return "vae_decode";
        default: return name(stage);
    }
}

double over(double numerator, double denominator) {
    return denominator > 0 ? numerator / denominator : 0;
}

StageFigures& figures_of(std::vector<StageFigures>& stages, Stage stage) {
    const auto found = std::find_if(stages.begin(), stages.end(), [&](const StageFigures& known) {
        return known.best.stage == stage;
    });
    if (found != stages.end()) return *found;
    StageFigures& added = stages.emplace_back();
    added.name = network_of(stage);
    added.best.stage = stage;
    return added;
}

/// Blank for what is unknown or too small to mean anything.
std::string percent(double share) {
    return share > 0 ? fmt::format("{:.0f} %", 100 * share) : "";
}

std::string giga(double value) {
    constexpr double least = 0.1;
    return value / 1e9 >= least ? fmt::format("{:.1f}", value / 1e9) : "";
}

std::string row(std::string_view title, const Figures& seconds, const std::string& rest = "") {
    return fmt::format("  {:<18}{:>12}{:>12}{:>12}{}\n", title, texts::seconds(seconds.first()),
                       texts::seconds(seconds.best()), texts::seconds(seconds.median()), rest);
}

std::string columns(const BenchReport& report, std::string_view flops, std::string_view peak,
                    std::string_view traffic, std::string_view bound, std::string_view memory,
                    std::string_view ggml, std::string_view ratio) {
    std::string text =
        fmt::format("{:>10}{:>9}{:>8}{:>11}{:>10}", flops, peak, traffic, bound, memory);
    if (!report.ggml_runs.empty()) text += fmt::format("{:>12}{:>8}", ggml, ratio);
    return text;
}

std::string row(const BenchReport& report, const StageFigures& stage) {
    const std::string ratio = stage.ratio() > 0 ? fmt::format("{:.2f}x", stage.ratio()) : "";
    return row(stage.name, stage.seconds,
               columns(report, giga(stage.flops_per_second()), percent(stage.peak_share()),
                       giga(stage.bytes_per_second()), percent(stage.bound_share()),
                       texts::bytes(stage.best.peak_bytes),
                       texts::seconds(stage.ggml_seconds.best()), ratio));
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

Json json_of(const StageFigures& stage) {
    Json json{{"stage", stage.name},
              {"device", stage.best.device},
              {"dtype", stage.best.dtype},
              {"seconds", stage.seconds.best()}};
    if (!stage.ggml_seconds.values.empty()) {
        json["ggml_seconds"] = stage.ggml_seconds.best();
        json["ratio"] = stage.ratio();
    }
    add_seconds(json, "", stage.seconds);
    json["gflops"] = stage.flops_per_second() / 1e9;
    json["peak_gflops"] = stage.best.peak_flops / 1e9;
    json["peak_share"] = stage.peak_share();
    json["gb_per_s"] = stage.bytes_per_second() / 1e9;
    json["bound_seconds"] = stage.best.bound_seconds;
    json["bound_share"] = stage.bound_share();
    json["peak_bytes"] = stage.best.peak_bytes;
    return json;
}

Json json_of(const BenchReport& report) {
    Json json{{"version", version()},
              {"model", report.model},
              {"duration", report.duration_seconds},
              {"stages", Json::array()}};
    for (const StageFigures& stage : by_stage(report)) json["stages"].push_back(json_of(stage));
    add_seconds(json, "", figures(report, [](const BenchRun& run) { return run.seconds; }));
    add_seconds(json, "first_step_",
                figures(report, [](const BenchRun& run) { return run.first_step_seconds; }));
    json["failures"] = report.failures();
    json["runs"] = Json::array();
    for (const BenchRun& run : report.runs) json["runs"].push_back(json_of(run));
    if (!report.ggml_runs.empty()) json["ggml_runs"] = Json::array();
    for (const BenchRun& run : report.ggml_runs) json["ggml_runs"].push_back(json_of(run));
    return json;
}

std::string dump(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

double Figures::first() const {
    return values.empty() ? 0 : values.front();
}

double Figures::best() const {
    return values.empty() ? 0 : *std::min_element(values.begin(), values.end());
}

double Figures::median() const {
    if (values.empty()) return 0;
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double StageFigures::flops_per_second() const {
    return over(best.flops, best.seconds);
}

double StageFigures::bytes_per_second() const {
    return over(best.traffic_bytes, best.seconds);
}

double StageFigures::peak_share() const {
    return over(flops_per_second(), best.peak_flops);
}

double StageFigures::bound_share() const {
    return over(best.bound_seconds, best.seconds);
}

double StageFigures::ratio() const {
    return over(ggml_seconds.best(), seconds.best());
}

std::vector<StageFigures> by_stage(const BenchReport& report) {
    std::vector<StageFigures> result;
    for (const BenchRun& run : report.runs) {
        if (!run.error.empty()) continue;
        for (const StageReport& stage : run.stages) {
            StageFigures& figures = figures_of(result, stage.stage);
            const std::int64_t peak = std::max(figures.best.peak_bytes, stage.peak_bytes);
            if (figures.seconds.values.empty() || stage.seconds < figures.best.seconds)
                figures.best = stage;
            figures.best.peak_bytes = peak;
            figures.seconds.values.push_back(stage.seconds);
        }
    }
    for (const BenchRun& run : report.ggml_runs) {
        if (!run.error.empty()) continue;
        for (const StageReport& stage : run.stages)
            figures_of(result, stage.stage).ggml_seconds.values.push_back(stage.seconds);
    }
    return result;
}

std::size_t BenchReport::failures() const {
    const auto failed = [](const BenchRun& run) { return !run.error.empty(); };
    return static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), failed) +
                                    std::count_if(ggml_runs.begin(), ggml_runs.end(), failed));
}

std::string as_text(const BenchReport& report) {
    std::string text =
        fmt::format("{}, {:g} s of music, {} songs in a row\n", texts::printable(report.model),
                    report.duration_seconds, report.runs.size());
    text += fmt::format(
        "  {:<18}{:>12}{:>12}{:>12}{}\n", "stage", "first", "best", "median",
        columns(report, "GFLOP/s", "of peak", "GB/s", "explained", "memory", "ggml", "ratio"));
    for (const StageFigures& stage : by_stage(report)) text += row(report, stage);
    const Figures all = figures(report, [](const BenchRun& run) { return run.seconds; });
    text += row("all", all);
    text += row("to first step",
                figures(report, [](const BenchRun& run) { return run.first_step_seconds; }));
    if (all.best() > 0)
        text += fmt::format("  {:.2f} s of music a second\n", report.duration_seconds / all.best());
    text +=
        "of peak: of the speed of large products by such weights (by bf16 instead of f16 where\n"
        "that is faster), measured while the stage ran.\n"
        "explained: how much of the time the remembered speeds of products and memory account\n"
        "for; the rest is what small operations cost beyond that, and other programs.\n";
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
