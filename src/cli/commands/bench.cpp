#include "cli/commands/bench.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>

#include "acestep/machine.h"
#include "cli/flags/engine_flags.h"
#include "cli/flags/environment.h"
#include "cli/flags/language_flags.h"
#include "cli/flags/machine_flags.h"
#include "cli/interrupt.h"
#include "cli/reports/bench_plot.h"
#include "cli/reports/bench_report.h"
#include "cli/reports/progress_display.h"
#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

using Clock = std::chrono::steady_clock;

// The rule of the official guide for a change of the tier table (product.md 2.16).
constexpr int songs_of_evidence = 10;
constexpr int most_runs = 1000;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Makes a song and throws it away. What fails is part of the report, but for the user's own
/// interruption.
BenchRun run_once(Engine& engine, const CommandOptions& options, const CancelToken& cancel,
                  BenchReport& report) {
    BenchRun run;
    ProgressDisplay display(options.speaking, options.request.batch_size);
    const auto begin = Clock::now();
    const auto watch = [&](const Progress& progress) {
        if (progress.stage == Stage::diffuse && progress.done == 1 && run.first_step_seconds == 0)
            run.first_step_seconds = seconds_since(begin);
        display.report(progress);
    };
    try {
        GenerationResult result = engine.generate(options.request, watch, &cancel);
        report.model = result.model;
        if (!result.songs.empty())
            report.duration_seconds = result.songs.front().waveform.duration_seconds();
        run.stages = std::move(result.stages);
        run.warnings = std::move(result.warnings);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::cancelled) throw texts::cancelled({});
        run.error = error.what();
    }
    run.seconds = seconds_since(begin);
    return run;
}

/// The same engine without kernels of ours, and with the types of weights that ours has chosen.
EngineOptions with_plain_ggml(EngineOptions options, const BenchRun& ours) {
    options.machine.plain_ggml = true;
    options.machine.measures_stages = false;  // only the other's speed counts
    for (const StageReport& stage : ours.stages)
        if (stage.stage == Stage::diffuse) options.precision = precision_from_name(stage.dtype);
    return options;
}

BenchReport run_all(const CommandOptions& options) {
    CancelToken cancel;
    const InterruptGuard guard(cancel);
    const bool evidence = !options.bench.tier_report.empty();
    const int runs = options.bench.runs.value_or(evidence ? songs_of_evidence : 3);
    BenchReport report;
    report.duration_seconds = options.request.duration;
    Engine engine(options.engine);
    std::optional<Engine> ggml;
    for (int i = 0; i < runs; ++i) {
        report.runs.push_back(run_once(engine, options, cancel, report));
        if (!options.bench.compare_ggml) continue;
        // After the first song, of which it takes the types.
        if (!ggml) ggml.emplace(with_plain_ggml(options.engine, report.runs.front()));
        report.ggml_runs.push_back(run_once(*ggml, options, cancel, report));
    }
    return report;
}

Plan plan_of(const CommandOptions& options, double duration_seconds) {
    PlanRequest request;
    request.model = options.engine.checkpoints.string();
    constexpr double shortest_planned = 10;
    request.duration = std::max(duration_seconds, shortest_planned);
    request.batch_size = options.request.batch_size;
    return make_plan(request, machine_limits(options.engine), plan_choices(options.engine),
                     options.engine.limits);
}

std::string last_error(const BenchReport& report) {
    std::string error;
    for (const auto* runs : {&report.runs, &report.ggml_runs})
        for (const BenchRun& run : *runs)
            if (!run.error.empty()) error = run.error;
    return error;
}

}  // namespace

void add_bench_flags(CommandFlags& flags) {
    constexpr double usual_seconds = 30;
    SongRequest& song = flags.defaults().request;
    song.caption = "driving techno with organ, pulse bass, square lead and drums";
    song.duration = usual_seconds;
    song.seeds = {1};
    song.thinking = Thinking::off;
    FlagSection songs = flags.section("Songs");
    songs.flag("--duration", "SECONDS", number_into(&SongRequest::duration), "of a song (30)");
    songs.flag(
        "--batch,--batch-size", "N",
        [](CommandOptions& options, const GivenFlag& flag) {
            constexpr int most_songs = 8;
            options.request.batch_size = flag.integer(1, most_songs);
        },
        "songs of a request (1)");
    songs.flag(
        "--runs", "N",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.bench.runs = flag.integer(1, most_runs);
        },
        "requests in a row (3; with --tier-report 10)");
    add_thinking(flags.section("Songs"));
    songs.flag(
        "--compare", "ggml",
        [](CommandOptions& options, const GivenFlag& flag) {
            if (flag.text() != "ggml") throw texts::no_such_comparison(flag.text());
            options.bench.compare_ggml = true;
        },
        "make every song a second time with ggml's kernels alone, on\nthe processor");
    FlagSection output = flags.section("Output");
    output.flag(
        "--plot", "FILE.svg",
        [](CommandOptions& options, const GivenFlag& flag) { options.bench.plot = flag.text(); },
        "draw the stages' times, and their speeds under those of the\nmachine (roofline)");
    output.flag(
        "--tier-report", "FILE",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.bench.tier_report = flag.text();
        },
        "write the evidence that a change of the tier table needs:\nmachine, plan and every run, "
        "as JSON");
    output.toggle(
        "--quiet", [](CommandOptions& o) { o.speaking = Loudspeaking::quiet; }, "no progress");
    flags.add_json("Output");
    add_engine(flags.section("Engine"));
    add_machine_of_engine(flags);
}

void bench(const CommandOptions& given) {
    CommandOptions options = given;
    options.engine.remembered_bytes = 0;  // every song runs every stage
    options.engine.machine.measures_stages = true;
    if (options.bench.compare_ggml) {
        std::string& device = options.engine.machine.device;
        if (device != "cpu" && device != "auto") throw texts::comparison_needs_processor(device);
        device = "cpu";
    }
    const BenchReport report = run_all(options);
    std::cout << (options.json ? as_json(report) : as_text(report)) << std::flush;
    if (!options.bench.plot.empty()) write_text_file(options.bench.plot, roofline_svg(report));
    if (!options.bench.tier_report.empty()) {
        write_text_file(options.bench.tier_report,
                        tier_evidence(report, plan_of(options, report.duration_seconds),
                                      to_json(detect_machine(environment_variable))));
    }
    if (report.failures() > 0)
        throw texts::songs_failed(report.failures(), report.runs.size() + report.ggml_runs.size(),
                                  last_error(report));
}

}  // namespace acestep::cli
