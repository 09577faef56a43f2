// A plan as a picture: a bar for each stage, as wide as it takes long and as high as its memory,
// under the line of the budget.
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "acestep/plan.h"
#include "base/svg.h"

namespace acestep {
namespace {

constexpr double width = 860, height = 420, left = 70, right = 20, top = 50, bottom = 70;
constexpr double plot_width = width - left - right, plot_height = height - top - bottom;
// A stage of no time is still to be seen and named.
constexpr double least_share = 0.08;

using svg::box;
using svg::label;

std::string line(double y, const char* color) {
    return svg::line(left, y, width - right, y, color);
}

/// The highest value of the scale, in GB: a little above everything on it.
double scale_of(const Plan& plan) {
    double most = static_cast<double>(plan.budget_bytes);
    for (const StagePlan& stage : plan.stages)
        most = std::max(most, static_cast<double>(stage.peak_bytes));
    return std::max(0.1, 1.1 * most / 1e9);
}

}  // namespace

std::string to_svg(const Plan& plan) {
    const double scale = scale_of(plan);
    const auto y_of = [&](double gigabytes) { return top + plot_height * (1 - gigabytes / scale); };
    std::string drawing;
    drawing +=
        label(left, 24, "start",
              fmt::format("{:g} s, {} song{} on {}: {:.1f} s, at most {:.2f} GB", plan.duration,
                          plan.batch_size, plan.batch_size == 1 ? "" : "s", plan.device,
                          plan.seconds, static_cast<double>(plan.peak_bytes) / 1e9),
              15);
    double shares = 0;
    const auto share = [&](const StagePlan& stage) {
        return least_share + (plan.seconds > 0 ? stage.seconds / plan.seconds : 0);
    };
    for (const StagePlan& stage : plan.stages) shares += share(stage);
    double x = left;
    for (const StagePlan& stage : plan.stages) {
        const double w = plot_width * share(stage) / shares;
        const double peak = static_cast<double>(stage.peak_bytes) / 1e9;
        const double weights = std::min(peak, static_cast<double>(stage.weight_bytes) / 1e9);
        const bool elsewhere = stage.device != plan.device;
        drawing +=
            box(x + 1, y_of(peak), w - 2, y_of(0) - y_of(peak), elsewhere ? "#d0d0d0" : "#a8c8e8");
        drawing += box(x + 1, y_of(weights), w - 2, y_of(0) - y_of(weights),
                       elsewhere ? "#b0b0b0" : "#4a86c0");
        drawing += label(x + w / 2, y_of(peak) - 4, "middle", fmt::format("{:.2f}", peak), 11);
        drawing += label(x + w / 2, height - bottom + 16, "middle", std::string(name(stage.stage)));
        drawing += label(x + w / 2, height - bottom + 32, "middle", stage.dtype, 11);
        drawing +=
            label(x + w / 2, height - bottom + 46, "middle",
                  std::string(name(stage.residence)) + (elsewhere ? ", " + stage.device : ""), 11);
        x += w;
    }
    const double step = std::pow(10, std::floor(std::log10(scale))) / (scale < 2 ? 5 : 1);
    for (double mark = 0; mark <= scale; mark += step)
        drawing += label(left - 8, y_of(mark) + 4, "end",
                         fmt::format("{:g}", std::round(mark * 100) / 100), 11);
    drawing += label(left - 8, top - 10, "end", "GB", 11);
    drawing += line(y_of(0), "#404040");
    if (plan.budget_bytes > 0) {
        const double budget = static_cast<double>(plan.budget_bytes) / 1e9;
        drawing += line(y_of(budget), "#c03030");
        drawing += label(width - right, y_of(budget) - 5, "end",
                         fmt::format("budget {:.2f} GB", budget), 11);
    }
    return svg::picture(width, height, drawing);
}

}  // namespace acestep
