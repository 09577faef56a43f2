#include "diffusion/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"
#include "diffusion/field_check.h"

namespace acestep::diffusion {
namespace {

constexpr std::size_t turbo_steps = 8;
constexpr std::size_t max_turbo_timesteps = 20;
using TurboTable = std::array<double, turbo_steps>;

// Row s − 1 is for shift s. The decimals are the official ones: distances to them decide ties.
constexpr std::array<TurboTable, 3> turbo_tables{{
    {1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125},
    {1, 0.9333333333333333, 0.8571428571428571, 0.7692307692307693, 0.6666666666666666,
     0.5454545454545454, 0.4, 0.2222222222222222},
    {1, 0.9545454545454546, 0.9, 0.8333333333333334, 0.75, 0.6428571428571429, 0.5, 0.3},
}};

/// Every level of the three tables once, largest first.
std::vector<double> trained_levels() {
    std::vector<double> levels;
    for (const TurboTable& table : turbo_tables) {
        levels.insert(levels.end(), table.begin(), table.end());
    }
    std::sort(levels.begin(), levels.end(), std::greater<>());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    return levels;
}

/// The first of the candidates with the smallest distance.
template <typename Candidates>
double nearest(double value, const Candidates& candidates) {
    return *std::min_element(candidates.begin(), candidates.end(), [&](double a, double b) {
        return std::abs(a - value) < std::abs(b - value);
    });
}

void check_shift(double shift) {
    require_between("shift", shift, min_shift, max_shift);
}

void check_steps(int steps) {
    require_between("inference_steps", steps, 1, max_steps);
}

void check_timesteps(std::span<const double> timesteps) {
    for (std::size_t i = 0; i < timesteps.size(); ++i) {
        require_between(fmt::format("timesteps[{}]", i), timesteps[i], 0, 1);
    }
}

/// Rising timesteps are legal and kept, but rarely meant.
void note_rising(std::span<const double> timesteps, std::vector<std::string>& notes) {
    const auto rise = std::adjacent_find(timesteps.begin(), timesteps.end(), std::less<>());
    if (rise == timesteps.end()) return;
    notes.push_back(fmt::format("timesteps rise from {} to {}; they are used in the order given.",
                                *rise, *std::next(rise)));
}

double rounded_turbo_shift(double shift, std::vector<std::string>& notes) {
    const double rounded = nearest(shift, std::array{1.0, 2.0, 3.0});
    if (rounded != shift) {
        notes.push_back(
            fmt::format("shift {} was rounded to {}: turbo models know the shifts 1, 2 and 3.",
                        shift, rounded));
    }
    return rounded;
}

std::vector<double> snapped_to_trained_levels(std::span<const double> timesteps,
                                              std::vector<std::string>& notes) {
    const std::vector<double> levels = trained_levels();
    std::vector<double> snapped;
    std::string moves;
    for (const double t : timesteps) {
        snapped.push_back(nearest(t, levels));
        if (snapped.back() == t) continue;
        moves += fmt::format("{}{} to {:.4g}", moves.empty() ? "" : ", ", t, snapped.back());
    }
    if (!moves.empty()) {
        notes.push_back(fmt::format(
            "timesteps were moved to the nearest levels that turbo models know: {}.", moves));
    }
    return snapped;
}

Schedule rounded_to_float(std::span<const double> timesteps, std::vector<std::string> notes) {
    Schedule schedule{.notes = std::move(notes)};
    for (const double t : timesteps) schedule.timesteps.push_back(static_cast<float>(t));
    return schedule;
}

}  // namespace

Schedule turbo_schedule(double shift, std::span<const double> timesteps) {
    check_shift(shift);
    check_timesteps(timesteps);
    const bool custom = !timesteps.empty();
    while (!timesteps.empty() && timesteps.back() == 0)
        timesteps = timesteps.first(timesteps.size() - 1);

    std::vector<std::string> notes;
    std::vector<double> levels;
    if (timesteps.empty()) {
        if (custom)
            notes.push_back("timesteps hold nothing but zeros; the usual schedule is used.");
        const auto row = static_cast<std::size_t>(rounded_turbo_shift(shift, notes)) - 1;
        levels.assign(turbo_tables[row].begin(), turbo_tables[row].end());
    } else {
        if (timesteps.size() > max_turbo_timesteps) {
            notes.push_back(fmt::format("timesteps has {} values; the first {} are used.",
                                        timesteps.size(), max_turbo_timesteps));
            timesteps = timesteps.first(max_turbo_timesteps);
        }
        note_rising(timesteps, notes);
        levels = snapped_to_trained_levels(timesteps, notes);
    }
    levels.push_back(0);
    return rounded_to_float(levels, std::move(notes));
}

Schedule free_schedule(int steps, double shift) {
    check_steps(steps);
    check_shift(shift);
    std::vector<double> levels;
    for (int i = 0; i <= steps; ++i) {
        const double u = 1.0 - double(i) / steps;
        levels.push_back(shift * u / (1.0 + (shift - 1.0) * u));
    }
    return rounded_to_float(levels, {});
}

Schedule base_schedule(int steps, double shift) {
    check_steps(steps);
    check_shift(shift);
    // PyTorch computes the first half from the start and the second from the end, with the step
    // rounded to float. Products and sums in double are exact here, so each value is rounded once.
    const double step = -1.0f / static_cast<float>(steps);
    const auto factor = static_cast<float>(shift);
    const auto excess = static_cast<float>(shift - 1.0);
    Schedule schedule;
    for (int i = 0; i <= steps; ++i) {
        const double exact = i < (steps + 1) / 2 ? 1.0 + i * step : -(steps - i) * step;
        auto t = static_cast<float>(exact);
        if (shift != 1.0) t = factor * t / (1.0f + excess * t);
        schedule.timesteps.push_back(t);
    }
    return schedule;
}

Schedule custom_schedule(std::span<const double> timesteps) {
    if (timesteps.size() < 2 || timesteps.size() > max_steps + 1) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("timesteps has {} values; it needs 2 to {}: one for every step and "
                                "the end point.",
                                timesteps.size(), max_steps + 1));
    }
    check_timesteps(timesteps);
    std::vector<std::string> notes;
    note_rising(timesteps, notes);
    return rounded_to_float(timesteps, std::move(notes));
}

}  // namespace acestep::diffusion
