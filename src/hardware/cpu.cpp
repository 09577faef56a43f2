#include "hardware/cpu.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <thread>

#include "hardware/control_groups.h"
#include "hardware/text_of_file.h"

#if defined(__linux__)
#include <sched.h>
#endif

namespace acestep::hardware {
namespace {

// More than any machine has; keeps a hostile list from overflowing.
constexpr std::int64_t most_processors = 1 << 16;

int processors_of_kernel() {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    return static_cast<int>(std::thread::hardware_concurrency());
}

/// "0-3,8" are 5; 0 for what is no such list.
int processors_in_list(std::string_view list) {
    std::int64_t count = 0;
    for (const std::string_view range : pieces_of(list, ',')) {
        const std::size_t dash = range.find('-');
        const auto first = whole_number(range.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : whole_number(range.substr(dash + 1));
        if (!first || !last || *first < 0 || *last < *first || *last >= most_processors) return 0;
        count += *last - *first + 1;
    }
    return static_cast<int>(std::min(count, most_processors));
}

}  // namespace

int allowed_processors(const std::filesystem::path& root) {
    if (root == "/") return processors_of_kernel();
    const std::string status = text_of_file(root / "proc/self/status");
    return processors_in_list(value_of(status, "Cpus_allowed_list", ':'));
}

int usable_cores(const std::filesystem::path& root) {
    double cores = allowed_processors(root);
    if (const double quota = quota_cores(root); quota > 0)
        cores = cores > 0 ? std::min(cores, std::ceil(quota)) : std::ceil(quota);
    return static_cast<int>(std::clamp<double>(cores, 1, most_processors));
}

}  // namespace acestep::hardware
