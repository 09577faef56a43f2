#include "cli/commands/check_gpu.h"

#include <iostream>
#include <utility>
#include <vector>

#include "acestep/machine.h"
#include "acestep/plan.h"
#include "cli/exit_status.h"
#include "cli/flags/checkpoints_folder.h"
#include "cli/flags/environment.h"
#include "cli/flags/flag_table.h"
#include "cli/reports/check_gpu_report.h"
#include "cli/texts.h"
#include "cli/tiers_file.h"

namespace acestep::cli {
namespace {

/// The first device, as far as a plan has to know it.
MachineLimits first_device(const Machine& machine, const CheckGpuCommand& check) {
    MachineLimits limits;
    const ComputeDevice& first = machine.devices.front();
    if (!check.device_profile.empty())
        limits.device_profile = check.device_profile;
    else if (first.kind != DeviceKind::cpu)
        limits.simulated_gib = static_cast<double>(first.total_bytes) / (1 << 30);
    return limits;
}

/// What songs of some lengths would take on that device, a line for each.
std::vector<std::string> planned_lines(const MachineLimits& limits) {
    std::vector<std::string> lines;
    for (const double seconds : {60.0, 180.0, 600.0}) {
        PlanRequest request;
        request.duration = seconds;
        lines.push_back(texts::planned_song(make_plan(request, limits, {}, Limits::planned)));
    }
    return lines;
}

/// Puts the device that is asked for in front of those that are there.
void simulate(Machine& machine, const CheckGpuCommand& check) {
    if (check.simulated_gib && !check.device_profile.empty())
        throw texts::not_together("--simulate-vram", "--simulate-device");
    if (check.simulated_gib) simulate_device(machine, *check.simulated_gib);
    if (!check.device_profile.empty()) simulate_device(machine, profile_gib(check.device_profile));
}

GpuCheck gather(const CheckGpuCommand& check) {
    GpuCheck found;
    found.tiers = tier_tuning(check.tiers_file, environment_variable);
    found.machine = detect_machine(environment_variable);
    simulate(found.machine, check);
    if (check.verbose) found.machine.memory.bandwidth = measure_memory_bandwidth();
    found.checkpoints = checkpoints_folder(check.checkpoints);
    try {
        found.models = list_checkpoints(found.checkpoints);
    } catch (const Error& error) {
        // The report is about the machine; without models there is still something to say.
        found.models_problem = error.message();
    }
    found.planned = planned_lines(first_device(found.machine, check));
    return found;
}

}  // namespace

void add_check_gpu_flags(CLI::App& command, CheckGpuCommand& check) {
    add_flag_with_values(command, "--checkpoints", "FOLDER",
                         "$ACESTEP_CHECKPOINTS_DIR, else ./checkpoints, else\n./checkpoints/demo",
                         [&check](const GivenFlag& flag) { check.checkpoints = flag.text(); });
    add_flag_with_values(command, "--simulate-vram", "GB",
                         "report also on a device with so much memory",
                         [&check](const GivenFlag& flag) { check.simulated_gib = flag.number(); });
    add_flag_with_values(command, "--simulate-device,--device-profile", "NAME|FILE",
                         "the same with a known card or a profile (docs/planning.md)",
                         [&check](const GivenFlag& flag) { check.device_profile = flag.text(); });
    add_tiers_file_flag(command, check.tiers_file);
    add_switch(command, "--verbose",
               "also caches, memory bandwidth, every module and all\ntroubleshooting topics",
               [&check] { check.verbose = true; });
    add_switch(command, "--json", "as JSON", [&check] { check.json = true; });
}

int check_gpu(const CheckGpuCommand& check) {
    const GpuCheck found = gather(check);
    for (const std::string& note : found.machine.notes)
        std::cerr << texts::printable(note) << std::endl;
    for (const std::string& warning : found.machine.warnings)
        std::cerr << texts::warning_line(warning) << std::endl;
    std::cout << (check.json ? as_json(found) : as_text(found, check.verbose)) << std::flush;
    return has_usable_gpu(found.machine) ? status_ok : status_failed;
}

}  // namespace acestep::cli
