#include "pipeline/run_context.h"

#include <algorithm>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::pipeline {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Whose large products a stage is compared with: the faster ones of as many bits. Where the
/// processor multiplies bf16, a product of f16 is three of them.
ggml_type type_of_peak(const planner::DeviceProfile& profile, runtime::WeightPolicy policy) {
    const ggml_type type = runtime::type_of(policy);
    const bool is_slower = profile.speeds.product(GGML_TYPE_BF16) > profile.speeds.product(type);
    return type == GGML_TYPE_F16 && is_slower ? GGML_TYPE_BF16 : type;
}

}  // namespace

RunContext::RunContext(Placement& placement, const ProgressCallback& progress,
                       const CancelToken* cancel)
    : placement_(placement), progress_(progress), cancel_(cancel) {
    placement_.set_cancel(cancel);
}

RunContext::~RunContext() {
    placement_.set_cancel(nullptr);
}

std::string RunContext::way() const {
    return fmt::format("{} {} {}", placement_.profile(current_.stage).id,
                       planner::name(settings().policy), settings().tile_frames);
}

Error RunContext::no_host_memory(Stage stage) {
    return Error(
        ErrorCode::out_of_memory,
        fmt::format("Stage {} needs more of the host's memory than there is.", name(stage)));
}

RunContext::Section::Section(RunContext& context, Stage stage, int total) : context_(context) {
    context_.check_cancelled();
    context_.current_ = {stage, 0, total, std::nullopt};
    if (context_.measures_stages_ && stage != Stage::load && stage != Stage::finish)
        context_.stage_speed_.emplace(
            context_.device(),
            type_of_peak(context_.placement_.profile(stage), context_.settings().policy));
    before_ = context_.device().work();
    context_.stage_begin_ = Clock::now();
    context_.measure();
    context_.device().memory().reset_peak();
    // Reading files is over before a line about it could be read, and an error there should not
    // have one above it.
    if (stage != Stage::load) context_.report();
}

RunContext::Section::~Section() {
    context_.measure();
    StageReport& report = context_.report_of(context_.current_.stage);
    report.seconds += seconds_since(context_.stage_begin_);
    report.peak_bytes = std::max(report.peak_bytes, context_.device().memory().peak_bytes());
    const planner::DeviceProfile& profile = context_.placement_.profile(report.stage);
    const runtime::WeightPolicy policy = context_.settings().policy;
    report.device = profile.id;
    report.dtype = planner::name(policy);
    report.peak_flops = profile.speeds.product(type_of_peak(profile, policy));
    report.peak_traffic = profile.speeds.memory;
    runtime::Work work = context_.device().work();
    work -= before_;
    if (context_.stage_speed_) {
        work -= context_.stage_speed_->work();
        const double measured = context_.stage_speed_->flops_per_second();
        if (measured > 0) report.peak_flops = measured;
        context_.stage_speed_.reset();
    }
    report.flops += work.flops;
    report.traffic_bytes += work.bytes;
    report.bound_seconds += work.seconds;
}

void RunContext::measure() {
    if (!stage_speed_) return;
    const Clock::time_point begin = Clock::now();
    stage_speed_->measure();
    stage_begin_ += Clock::now() - begin;
}

StageReport& RunContext::report_of(Stage stage) {
    const auto known =
        std::find_if(reports_.begin(), reports_.end(),
                     [&](const StageReport& report) { return report.stage == stage; });
    if (known != reports_.end()) return *known;
    StageReport& report = reports_.emplace_back();
    report.stage = stage;
    return report;
}

void RunContext::report() {
    if (progress_) progress_(current_);
}

void RunContext::advance(int units) {
    check_cancelled();
    if (current_.done + units < current_.total) measure();
    current_.done = std::min(current_.done + units, current_.total);
    if (current_.done > 0) {
        const double per_unit = seconds_since(stage_begin_) / current_.done;
        current_.remaining_seconds = per_unit * (current_.total - current_.done);
    }
    report();
}

void RunContext::check_cancelled() const {
    if (cancel_ && cancel_->cancelled()) throw Error(ErrorCode::cancelled, "Stopped on request.");
}

}  // namespace acestep::pipeline
