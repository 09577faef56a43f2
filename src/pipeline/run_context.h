// What every stage gets beside its values: where and how it runs, and ways to report and to stop.
#pragma once

#include <chrono>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "acestep/error.h"
#include "acestep/progress.h"
#include "acestep/song.h"
#include "pipeline/plan/placement.h"
#include "pipeline/stage_speed.h"

namespace acestep::pipeline {

/// One running request. Times and measures its stages, and reports progress within them.
class RunContext {
public:
    RunContext(Placement& placement, const ProgressCallback& progress, const CancelToken* cancel);
    ~RunContext();
    /// Stages are told what products reach while they run, which is measured between their units.
    void measure_stages() { measures_stages_ = true; }
    RunContext(const RunContext&) = delete;
    RunContext& operator=(const RunContext&) = delete;

    // Of the stage that runs.
    runtime::Device& device() { return placement_.device(current_.stage); }
    const planner::StageSettings& settings() const { return placement_.settings(current_.stage); }
    runtime::Residency residency() const { return placement_.residency(current_.stage); }

    /// All of these that numbers depend on: two runs of a stage the same way round alike.
    std::string way() const;

    Placement& placement() { return placement_; }

    /// Runs `work` as part of a stage: its time and its memory peak are added to the stage's
    /// report. When the memory does not do, it is run again by another plan, so it has to begin
    /// from its inputs.
    template <typename Work>
    auto stage(Stage stage, int total, Work&& work) {
        while (true) {
            try {
                const Section section(*this, stage, total);
                return work();
            } catch (const Error& error) {
                if (error.code() != ErrorCode::out_of_memory) throw;
                placement_.give_way(stage, error);
            } catch (const std::bad_alloc&) {
                placement_.give_way(stage, no_host_memory(stage));
            }
        }
    }

    /// The current stage turned out to have so many units.
    void expect(int total) { current_.total = total; }
    /// `units` more of the current stage are done. \throws Error{cancelled}
    void advance(int units = 1);
    /// \throws Error{cancelled}
    void check_cancelled() const;

    const std::vector<StageReport>& reports() const { return reports_; }

private:
    using Clock = std::chrono::steady_clock;

    class Section {
    public:
        Section(RunContext& context, Stage stage, int total);
        ~Section();

    private:
        RunContext& context_;
        runtime::Work before_;
    };

    static Error no_host_memory(Stage stage);
    /// Measures once more, in time that does not count.
    void measure();
    void report();
    StageReport& report_of(Stage stage);

    Placement& placement_;
    const ProgressCallback& progress_;
    const CancelToken* cancel_;
    Progress current_;
    Clock::time_point stage_begin_;
    bool measures_stages_ = false;
    std::optional<StageSpeed> stage_speed_;
    std::vector<StageReport> reports_;
};

}  // namespace acestep::pipeline
