// Facts about the processor this process may use.
#pragma once

namespace acestep::hardware {

/// Threads worth starting: the cores the process is allowed to run on, and no more than its control
/// group's quota. At least 1.
int usable_cores();

}  // namespace acestep::hardware
