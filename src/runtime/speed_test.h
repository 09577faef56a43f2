// How fast a device really is: short runs of what networks consist of, in graphs like theirs.
#pragma once

#include <memory>

#include "runtime/device.h"
#include "runtime/speeds.h"

namespace acestep::runtime {

/// Products by each type of matrix, in the form in which a network has it there; the traffic of a
/// pass over memory; bringing weights; starting an operation. Takes about a second and 200 MB.
/// \throws Error{out_of_memory}
Speeds measure_speeds(Device& device);

/// Large products by matrices of one type, as `measure_speeds` times them, for who wants to know
/// what they reach just now. Holds some 60 MB of the device, which has to outlive it.
class ProductTimer {
public:
    /// \throws Error{out_of_memory}
    ProductTimer(Device& device, ggml_type type);
    ~ProductTimer();

    /// Measures for a twentieth of a second or so.
    double flops_per_second();

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace acestep::runtime
