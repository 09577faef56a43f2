#include "cli/reports/bench_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/svg.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

constexpr double width = 980, height = 420, top = 60, bottom = 60;
constexpr double plot_height = height - top - bottom, ground = height - bottom;
constexpr double bars_left = 60, bars_width = 400;
constexpr double roof_left = 560, roof_width = 380;

constexpr const char* ours = "#4a86c0";
constexpr const char* theirs = "#b0b0b0";
constexpr const char* axis = "#404040";
constexpr std::array<const char*, 6> colors = {"#c03030", "#308030", "#8040a0",
                                               "#d08000", "#2060c0", "#606060"};

/// Values on a logarithmic axis of whole decades.
class LogAxis {
public:
    LogAxis(double least, double most, double begin, double end)
        : first_(std::floor(std::log10(least))),
          last_(std::max(first_ + 1, std::ceil(std::log10(most)))),
          begin_(begin),
          end_(end) {}

    double at(double value) const {
        const double share = (std::log10(value) - first_) / (last_ - first_);
        return begin_ + std::clamp(share, 0.0, 1.0) * (end_ - begin_);
    }
    double first() const { return std::pow(10, first_); }
    double last() const { return std::pow(10, last_); }

private:
    double first_, last_, begin_, end_;
};

std::string bars(const std::vector<StageFigures>& stages) {
    double most = 0;
    for (const StageFigures& stage : stages)
        most = std::max({most, stage.seconds.best(), stage.ggml_seconds.best()});
    if (!(most > 0)) return {};
    std::string drawing;
    const double slot = bars_width / static_cast<double>(stages.size());
    const auto bar = [&](double x, double w, double seconds, const char* color) {
        const double h = plot_height * seconds / most;
        drawing += svg::box(x, ground - h, w, h, color);
        drawing +=
            svg::label(x + w / 2, ground - h - 4, "middle", fmt::format("{:.2f}", seconds), 10);
    };
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const double x = bars_left + static_cast<double>(i) * slot, half = (slot - 6) / 2;
        bar(x, half, stages[i].seconds.best(), ours);
        if (!stages[i].ggml_seconds.values.empty())
            bar(x + half, half, stages[i].ggml_seconds.best(), theirs);
        // Two lines, so that neighbours do not meet.
        drawing += svg::label(x + half, ground + (i % 2 ? 32 : 16), "middle", stages[i].name, 11);
    }
    drawing += svg::line(bars_left, ground, bars_left + bars_width, ground, axis);
    drawing += svg::label(bars_left, top - 12, "start", "seconds", 11);
    return drawing;
}

double intensity(const StageFigures& stage) {
    return stage.best.flops / stage.best.traffic_bytes;
}

std::string roof(const std::vector<StageFigures>& all) {
    std::vector<StageFigures> stages;
    for (const StageFigures& stage : all)
        if (stage.best.flops > 0 && stage.best.traffic_bytes > 0 && stage.best.seconds > 0 &&
            stage.best.peak_flops > 0 && stage.best.peak_traffic > 0)
            stages.push_back(stage);
    if (stages.empty()) return {};
    double least_x = intensity(stages[0]), most_x = least_x;
    double least_y = stages[0].flops_per_second(), most_y = stages[0].best.peak_flops;
    for (const StageFigures& stage : stages) {
        const double ridge = stage.best.peak_flops / stage.best.peak_traffic;
        least_x = std::min({least_x, intensity(stage), ridge});
        most_x = std::max({most_x, intensity(stage), ridge});
        least_y = std::min(least_y, stage.flops_per_second());
        most_y = std::max({most_y, stage.flops_per_second(), stage.best.peak_flops});
    }
    const LogAxis x(least_x, most_x, roof_left, roof_left + roof_width);
    const LogAxis y(least_y / 1e9, most_y / 1e9, ground, top);
    std::string drawing;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const StageFigures& stage = stages[i];
        const char* color = colors[i % colors.size()];
        const double peak = stage.best.peak_flops / 1e9, memory = stage.best.peak_traffic / 1e9;
        const double ridge = peak / memory;
        const double foot = std::max(x.first(), y.first() / memory);
        drawing += svg::line(x.at(foot), y.at(foot * memory), x.at(ridge), y.at(peak), color);
        drawing += svg::line(x.at(ridge), y.at(peak), x.at(x.last()), y.at(peak), color);
        const double speed = stage.flops_per_second() / 1e9;
        drawing += svg::dot(x.at(intensity(stage)), y.at(speed), 4, color);
        drawing += svg::box(roof_left + 8, top + 6 + 15 * static_cast<double>(i), 8, 8, color);
        drawing += svg::label(roof_left + 20, top + 14 + 15 * static_cast<double>(i), "start",
                              fmt::format("{} ({}): {:.0f} of {:.0f} GFLOP/s", stage.name,
                                          stage.best.dtype, speed, peak),
                              11);
    }
    for (double mark = x.first(); mark <= x.last() * 1.01; mark *= 10)
        drawing += svg::label(x.at(mark), ground + 16, "middle", fmt::format("{:g}", mark), 11);
    for (double mark = y.first(); mark <= y.last() * 1.01; mark *= 10)
        drawing += svg::label(roof_left - 8, y.at(mark) + 4, "end", fmt::format("{:g}", mark), 11);
    drawing += svg::line(roof_left, ground, roof_left + roof_width, ground, axis);
    drawing += svg::line(roof_left, ground, roof_left, top, axis);
    drawing += svg::label(roof_left - 8, top - 12, "middle", "GFLOP/s", 11);
    drawing += svg::label(roof_left + roof_width, ground + 36, "end", "FLOP a byte", 11);
    return drawing;
}

}  // namespace

std::string roofline_svg(const BenchReport& report) {
    const std::vector<StageFigures> stages = by_stage(report);
    std::string title =
        fmt::format("{}, {:g} s of music", texts::printable(report.model), report.duration_seconds);
    if (!report.ggml_runs.empty()) title += "; gray: ggml alone";
    return svg::picture(
        width, height, svg::label(bars_left, 28, "start", title, 15) + bars(stages) + roof(stages));
}

}  // namespace acestep::cli
