// Whether a plan keeps its word: the stages of a long song, run at full shapes on a device of
// little memory, beside what was planned for them.
//
//     memory_bench path/to/checkpoints [--vram 4] [--duration 600] [--threads N]
//
// Every stage of the plan is run for real by the planner's own account of it (planner/rehearsal.h):
// one step of the sampler, one tile of the autoencoder, with weights brought, streamed and released
// as planned. The device is played by the processor and refuses what is beyond its memory.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "acestep/error.h"
#include "acestep/plan.h"
#include "pipeline/plan/plan_constraints.h"
#include "pipeline/plan/plan_devices.h"
#include "pipeline/plan/plan_sources.h"
#include "planner/limits.h"
#include "planner/search.h"

namespace {

using namespace acestep;
using Clock = std::chrono::steady_clock;

// Of a request with a full caption and lyrics.
constexpr std::int64_t text_tokens = 256, lyric_tokens = 512;

struct Options {
    std::string checkpoints;
    double vram_gib = 4, duration = 600;
    int threads = 0;
};

int usage() {
    fmt::print(stderr, "memory_bench CHECKPOINTS [--vram GIB] [--duration S] [--threads N]\n");
    return 2;
}

bool read(int count, char** arguments, Options& options) {
    if (count < 2 || count % 2 != 0) return false;
    options.checkpoints = arguments[1];
    for (int i = 2; i + 1 < count; i += 2) {
        const std::string_view flag = arguments[i];
        const double value = std::atof(arguments[i + 1]);
        if (flag == "--vram")
            options.vram_gib = value;
        else if (flag == "--duration")
            options.duration = value;
        else if (flag == "--threads")
            options.threads = static_cast<int>(value);
        else
            return false;
    }
    return true;
}

double gib(std::int64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(planner::gibibyte);
}

planner::SongShape shape_of(const Options& options, const planner::SongNetworks& networks) {
    planner::SongShape shape;
    shape.text_tokens = text_tokens;
    shape.lyric_tokens = lyric_tokens;
    shape.songs = 1;
    shape.steps = 1;
    shape.guided = !networks.config().turbo;
    return planner::with_duration(shape, options.duration, networks.vae_config().frame_rate(),
                                  static_cast<int>(networks.config().pool_window));
}

/// Whether the stage kept within 3 % of what was planned and within the budget.
bool run_stage(const planner::PlannedStage& planned, const planner::SongShape& shape,
               const pipeline::DeviceSource& device, planner::SongNetworks& networks) {
    const auto begin = Clock::now();
    planner::Rehearsal real(networks, device.open);
    const planner::StageNeeds measured = real.needs(planned.way.stage, shape, planned.way.settings);
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const double ratio = static_cast<double>(measured.peak_bytes) /
                         static_cast<double>(planned.way.needs.peak_bytes);
    const std::int64_t budget = device.profile.budget_bytes();
    fmt::print("{:10} {:26} {:8.3f} {:8.3f} {:8.3f} {:8.2f} {:8.1f}\n", name(planned.way.stage),
               describe(planned.way), gib(planned.way.needs.peak_bytes), gib(measured.peak_bytes),
               ratio, gib(budget), seconds);
    std::fflush(stdout);
    return ratio > 0.97 && ratio < 1.03 && measured.peak_bytes <= budget;
}

int run(const Options& options) {
    pipeline::PlanSources sources(PlanRequest{.model = options.checkpoints});
    MachineLimits machine;
    machine.simulated_gib = options.vram_gib;
    machine.threads = options.threads;
    const auto devices = pipeline::device_sources(machine).devices;
    auto planned = pipeline::planned_devices(devices, sources.networks());
    const auto constraints =
        pipeline::constraints_of(PlanChoices{}, sources.model(), sources.text());
    const planner::SongShape shape = shape_of(options, sources.networks());
    const planner::SongPlan plan = planner::search(planned, shape, constraints);
    if (plan.impossible) {
        fmt::print(stderr, "No plan: {} needs {:.2f} GiB of {:.2f} GiB.\n", name(*plan.impossible),
                   gib(plan.least_bytes), gib(plan.available_bytes));
        return 1;
    }
    fmt::print("{:g} s in {:g} GiB (sizes in GiB)\n", options.duration, options.vram_gib);
    fmt::print("{:10} {:26} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "stage", "way", "planned", "measured",
               "ratio", "budget", "seconds");
    bool good = true;
    for (const planner::PlannedStage& stage : plan.stages)
        good = run_stage(stage, shape, devices[stage.way.device], sources.networks()) && good;
    return good ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    Options options;
    if (!read(count, arguments, options)) return usage();
    try {
        return run(options);
    } catch (const Error& error) {
        fmt::print(stderr, "memory_bench: {} {}\n", error.what(), error.hint());
        return 1;
    }
}
