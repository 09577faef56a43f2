#include "pipeline/stage_speed.h"

#include <numeric>

#include "acestep/error.h"

namespace acestep::pipeline {

StageSpeed::StageSpeed(runtime::Device& device, ggml_type type) : device_(device) {
    try {
        timer_ = std::make_unique<runtime::ProductTimer>(device, type);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::out_of_memory) throw;
    }
}

void StageSpeed::measure() {
    if (!timer_) return;
    const runtime::Work before = device_.work();
    try {
        measured_.push_back(timer_->flops_per_second());
    } catch (const Error&) {
        timer_.reset();  // cancelled, or out of memory: the stage will find out itself
    }
    work_ += device_.work();
    work_ -= before;
}

double StageSpeed::flops_per_second() const {
    if (measured_.empty()) return 0;
    return std::accumulate(measured_.begin(), measured_.end(), 0.0) /
           static_cast<double>(measured_.size());
}

}  // namespace acestep::pipeline
