// What every stage gets beside its values: the device, and ways to report and to stop.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "acestep/progress.h"
#include "acestep/song.h"
#include "runtime/device.h"

namespace acestep::pipeline {

/// One running request. Times and measures its stages, and reports progress within them.
class RunContext {
public:
    RunContext(runtime::Device& device, const ProgressCallback& progress,
               const CancelToken* cancel);
    ~RunContext();
    RunContext(const RunContext&) = delete;
    RunContext& operator=(const RunContext&) = delete;

    runtime::Device& device() { return device_; }

    /// Runs `work` as part of a stage: its time and its memory peak are added to the stage's
    /// report.
    template <typename Work>
    auto stage(Stage stage, int total, Work&& work) {
        const Section section(*this, stage, total);
        return work();
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
        Clock::time_point begin_;
    };

    void report();
    StageReport& report_of(Stage stage);

    runtime::Device& device_;
    const ProgressCallback& progress_;
    const CancelToken* cancel_;
    Progress current_;
    Clock::time_point stage_begin_;
    std::vector<StageReport> reports_;
};

}  // namespace acestep::pipeline
