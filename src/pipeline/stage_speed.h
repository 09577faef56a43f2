// What large products reach while a stage runs, for benchmarks.
#pragma once

#include <memory>
#include <vector>

#include "runtime/speed_test.h"
#include "runtime/weight_types.h"

namespace acestep::pipeline {

class StageSpeed {
public:
    /// Without the memory for it nothing is measured.
    StageSpeed(runtime::Device& device, ggml_type type);

    void measure();
    /// The mean of what was measured; 0: nothing was.
    double flops_per_second() const;
    /// What measuring took of the device beside the stage.
    const runtime::Work& work() const { return work_; }

private:
    runtime::Device& device_;
    std::unique_ptr<runtime::ProductTimer> timer_;
    std::vector<double> measured_;
    runtime::Work work_;
};

}  // namespace acestep::pipeline
