#include "hardware/control_groups.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "hardware/text_of_file.h"

namespace acestep::hardware {
namespace {

namespace fs = std::filesystem;

/// Version 1 writes about 2^63 for "no limit".
constexpr std::int64_t no_limit_bytes = std::int64_t{1} << 60;

/// `mount` and the folders from it down `group`. Inside a container the upper part of the path may
/// belong to the host; what does not exist says nothing when it is read.
std::vector<fs::path> nested(const fs::path& mount, std::string_view group) {
    constexpr std::size_t deepest = 64;
    std::vector<fs::path> folders{mount};
    for (const std::string_view name : pieces_of(group, '/')) {
        // "/../x" is how the system names a group outside of the namespace.
        if (name == ".." || folders.size() > deepest) break;
        folders.push_back(folders.back() / name);
    }
    return folders;
}

struct Groups {
    std::vector<fs::path> v1, v2;
};

/// The groups that hold for `controller` ("cpu", "memory").
Groups groups_of(const fs::path& root, std::string_view controller) {
    const fs::path mounts = root / "sys/fs/cgroup";
    std::string v1_group, v2_group, v1_name(controller);
    const std::string text = text_of_file(root / "proc/self/cgroup");
    for (const std::string_view line : lines_of(text)) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) continue;
        const std::string_view controllers = line.substr(first + 1, second - first - 1);
        const auto names = pieces_of(controllers, ',');
        if (controllers.empty()) {
            v2_group = line.substr(second + 1);
        } else if (std::find(names.begin(), names.end(), controller) != names.end()) {
            v1_group = line.substr(second + 1);
            if (controllers.find('/') == std::string_view::npos) v1_name = controllers;
        }
    }
    Groups groups;
    // Where only one version is mounted, or both of them side by side.
    for (const fs::path& mount : {mounts, mounts / "unified"})
        for (fs::path& folder : nested(mount, v2_group)) groups.v2.push_back(std::move(folder));
    for (const std::string& name : {std::string(controller), v1_name})
        for (fs::path& folder : nested(mounts / name, v1_group))
            groups.v1.push_back(std::move(folder));
    return groups;
}

double quota_v2(const fs::path& group) {
    const std::string line = line_of_file(group / "cpu.max");
    const auto numbers = pieces_of(line, ' ');
    if (numbers.size() != 2) return 0;
    const auto quota = whole_number(numbers[0]), period = whole_number(numbers[1]);
    if (!quota || !period || *quota <= 0 || *period <= 0) return 0;
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

double quota_v1(const fs::path& group) {
    const auto quota = number_of_file(group / "cpu.cfs_quota_us");
    const auto period = number_of_file(group / "cpu.cfs_period_us");
    if (!quota || !period || *quota <= 0 || *period <= 0) return 0;
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

/// How the two versions call the same.
struct MemoryFiles {
    const char* limit;
    const char* used;
    const char* droppable;  ///< in memory.stat
};
constexpr MemoryFiles files_v1{"memory.limit_in_bytes", "memory.usage_in_bytes",
                               "total_inactive_file"};
constexpr MemoryFiles files_v2{"memory.max", "memory.current", "inactive_file"};

std::optional<GroupMemory> memory_of(const fs::path& group, const MemoryFiles& files) {
    const auto limit = number_of_file(group / files.limit);
    if (!limit || *limit <= 0 || *limit >= no_limit_bytes) return std::nullopt;
    const std::int64_t used =
        std::max<std::int64_t>(0, number_of_file(group / files.used).value_or(0));
    const std::string statistics = text_of_file(group / "memory.stat");
    const std::int64_t droppable =
        whole_number(value_of(statistics, files.droppable, ' ')).value_or(0);
    return GroupMemory{*limit, used - std::clamp<std::int64_t>(droppable, 0, used)};
}

void keep_least(std::optional<GroupMemory>& least, const std::optional<GroupMemory>& memory) {
    if (memory && (!least || memory->left_bytes() < least->left_bytes())) least = memory;
}

}  // namespace

double quota_cores(const fs::path& root) {
    const Groups groups = groups_of(root, "cpu");
    double smallest = 0;
    const auto keep = [&smallest](double cores) {
        if (cores > 0 && (smallest == 0 || cores < smallest)) smallest = cores;
    };
    for (const fs::path& group : groups.v2) keep(quota_v2(group));
    for (const fs::path& group : groups.v1) keep(quota_v1(group));
    return smallest;
}

std::optional<GroupMemory> group_memory(const fs::path& root) {
    const Groups groups = groups_of(root, "memory");
    std::optional<GroupMemory> least;
    for (const fs::path& group : groups.v2) keep_least(least, memory_of(group, files_v2));
    for (const fs::path& group : groups.v1) keep_least(least, memory_of(group, files_v1));
    return least;
}

}  // namespace acestep::hardware
