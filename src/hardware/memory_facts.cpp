#include "hardware/memory_facts.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "hardware/control_groups.h"
#include "hardware/text_of_file.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <unistd.h>
#endif

namespace acestep::hardware {
namespace {

/// "24683656 kB" of the line that begins with `key`, in bytes.
std::int64_t meminfo_bytes(std::string_view meminfo, std::string_view key) {
    const std::string value = value_of(meminfo, key, ':');
    const std::int64_t kibibytes =
        whole_number(std::string_view(value).substr(0, value.find(' '))).value_or(0);
    return kibibytes > 0 && kibibytes < (std::int64_t{1} << 50) ? kibibytes * 1024 : 0;
}

std::int64_t total_of_system() {
#if defined(_WIN32)
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    return GlobalMemoryStatusEx(&status) ? static_cast<std::int64_t>(status.ullTotalPhys) : 0;
#else
    const long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && page_bytes > 0 ? static_cast<std::int64_t>(pages) * page_bytes : 0;
#endif
}

}  // namespace

HostMemory memory_facts(const std::filesystem::path& root) {
    const std::string meminfo = text_of_file(root / "proc/meminfo");
    HostMemory memory;
    memory.total_bytes = meminfo_bytes(meminfo, "MemTotal");
    memory.available_bytes = meminfo_bytes(meminfo, "MemAvailable");
    memory.swap_total_bytes = meminfo_bytes(meminfo, "SwapTotal");
    memory.swap_free_bytes = meminfo_bytes(meminfo, "SwapFree");
    if (memory.total_bytes == 0 && root == "/") memory.total_bytes = total_of_system();
    memory.usable_bytes = memory.available_bytes > 0 ? memory.available_bytes : memory.total_bytes;
    if (const auto group = group_memory(root)) {
        memory.limit_bytes = group->limit_bytes;
        memory.limit_used_bytes = group->used_bytes;
        if (memory.usable_bytes == 0) memory.usable_bytes = group->left_bytes();
        memory.usable_bytes = std::min(memory.usable_bytes, group->left_bytes());
    }
    return memory;
}

}  // namespace acestep::hardware
