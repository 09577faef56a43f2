// How fast a device really is: short runs of what networks consist of, in graphs like theirs.
#pragma once

#include "runtime/device.h"
#include "runtime/speeds.h"

namespace acestep::runtime {

/// Products by each type of matrix, in the form in which a network has it there; the traffic of a
/// pass over memory; bringing weights; starting an operation. Takes about a second and 200 MB.
/// \throws Error{out_of_memory}
Speeds measure_speeds(Device& device);

}  // namespace acestep::runtime
