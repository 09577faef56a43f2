#include "diffusion/solver.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "acestep/error.h"

namespace acestep::diffusion {
namespace {

using SolverFactory = std::unique_ptr<Solver> (*)(VelocityField& field);

/// The solvers of infer_method "ode", by sampler_mode.
struct SolverEntry {
    std::string_view sampler_mode;
    SolverFactory make;
};
constexpr SolverEntry ode_solvers[] = {
    {"euler", [](VelocityField&) { return euler_solver(); }},
    {"heun", [](VelocityField& field) { return heun_solver(field); }},
};

constexpr std::string_view infer_methods[] = {"ode", "sde"};

const SolverEntry& ode_solver(std::string_view sampler_mode) {
    const auto* entry =
        std::find_if(std::begin(ode_solvers), std::end(ode_solvers),
                     [&](const auto& row) { return row.sampler_mode == sampler_mode; });
    if (entry != std::end(ode_solvers)) return *entry;
    std::string known;
    for (const SolverEntry& row : ode_solvers) {
        known += fmt::format("{}{}", known.empty() ? "" : ", ", row.sampler_mode);
    }
    throw Error(ErrorCode::invalid_request,
                fmt::format("sampler_mode is \"{}\"; known: {}.", sampler_mode, known));
}

}  // namespace

void require_known_solver(std::string_view infer_method, std::string_view sampler_mode) {
    ode_solver(sampler_mode);
    if (std::find(std::begin(infer_methods), std::end(infer_methods), infer_method) !=
        std::end(infer_methods)) {
        return;
    }
    throw Error(ErrorCode::invalid_request,
                fmt::format("infer_method is \"{}\"; known: {}.", infer_method,
                            fmt::join(infer_methods, ", ")));
}

std::unique_ptr<Solver> make_solver(const SamplerSettings& settings, VelocityField& field,
                                    const StepNoise& noise) {
    require_known_solver(settings.infer_method, settings.sampler_mode);
    if (settings.infer_method == "sde") return sde_solver(noise, !settings.turbo);
    return ode_solver(settings.sampler_mode).make(field);
}

}  // namespace acestep::diffusion
