#include "hardware/cpu.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace acestep::hardware {
namespace {

/// Cores of the control group's quota (cgroup v2 cpu.max), or a huge number without one.
double quota_cores() {
    std::ifstream stream("/sys/fs/cgroup/cpu.max");
    std::string quota;
    double period = 0;
    if (!(stream >> quota >> period) || quota == "max" || period <= 0) return 1e9;
    try {
        return std::stod(quota) / period;
    } catch (const std::exception&) {
        return 1e9;
    }
}

int allowed_cores() {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

int usable_cores() {
    return std::max(1,
                    static_cast<int>(std::min<double>(allowed_cores(), std::ceil(quota_cores()))));
}

}  // namespace acestep::hardware
