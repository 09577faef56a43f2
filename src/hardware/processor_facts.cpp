#include "hardware/processor_facts.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/ascii.h"
#include "hardware/control_groups.h"
#include "hardware/cpu.h"
#include "hardware/text_of_file.h"

namespace acestep::hardware {
namespace {

namespace fs = std::filesystem;
using Named = std::pair<std::string_view, std::string_view>;

// A machine of 1024 processors needs 2 MB.
constexpr std::size_t most_cpuinfo_bytes = std::size_t{8} << 20;

/// The kernel's name and ours.
constexpr std::array instruction_set_names = {
    Named{"sse4_2", "sse4.2"},
    Named{"avx", "avx"},
    Named{"f16c", "f16c"},
    Named{"fma", "fma"},
    Named{"avx2", "avx2"},
    Named{"avx_vnni", "avx-vnni"},
    Named{"avx512f", "avx512f"},
    Named{"avx512bw", "avx512bw"},
    Named{"avx512_vnni", "avx512vnni"},
    Named{"avx512_bf16", "avx512bf16"},
    Named{"avx512_fp16", "avx512fp16"},
    Named{"amx_bf16", "amx-bf16"},
    Named{"amx_int8", "amx-int8"},
    Named{"asimd", "neon"},
    Named{"neon", "neon"},
    Named{"asimddp", "dotprod"},
    Named{"i8mm", "i8mm"},
    Named{"bf16", "bf16"},
    Named{"sve", "sve"},
    Named{"sve2", "sve2"},
};

constexpr std::array vendor_names = {
    Named{"GenuineIntel", "Intel"}, Named{"AuthenticAMD", "AMD"}, Named{"HygonGenuine", "Hygon"},
    Named{"0x41", "ARM"},           Named{"0x61", "Apple"},       Named{"0xc0", "Ampere"},
    Named{"0x51", "Qualcomm"},      Named{"0x4e", "NVIDIA"},      Named{"0x48", "HiSilicon"},
};

constexpr std::string_view architecture_of_build() {
#if defined(__x86_64__) || defined(_M_X64)
    return "x86_64";
#elif defined(__aarch64__) || defined(_M_ARM64)
    return "aarch64";
#elif defined(__riscv)
    return "riscv64";
#elif defined(__powerpc64__)
    return "ppc64";
#else
    return "";
#endif
}

/// x86 says "vendor_id", ARM a number as "CPU implementer".
std::string vendor_of(std::string_view cpuinfo) {
    std::string spelled = value_of(cpuinfo, "vendor_id", ':');
    if (spelled.empty()) spelled = value_of(cpuinfo, "CPU implementer", ':');
    const auto known = std::find_if(vendor_names.begin(), vendor_names.end(),
                                    [&](const Named& vendor) { return vendor.first == spelled; });
    return known == vendor_names.end() ? spelled : std::string(known->second);
}

std::vector<std::string> instruction_sets_of(std::string_view cpuinfo) {
    std::string flags = value_of(cpuinfo, "flags", ':');
    if (flags.empty()) flags = value_of(cpuinfo, "Features", ':');
    const auto given = pieces_of(flags, ' ');
    std::vector<std::string> sets;
    for (const auto& [spelled, name] : instruction_set_names) {
        const bool has = std::find(given.begin(), given.end(), spelled) != given.end();
        if (has && std::find(sets.begin(), sets.end(), name) == sets.end()) sets.emplace_back(name);
    }
    return sets;
}

int logical_processors_of(std::string_view cpuinfo) {
    const auto lines = lines_of(cpuinfo);
    return static_cast<int>(std::count_if(lines.begin(), lines.end(), [](std::string_view line) {
        return trimmed(line.substr(0, line.find(':'))) == "processor";
    }));
}

/// "cpu12" and not "cpufreq".
bool is_numbered(std::string_view name, std::string_view stem) {
    return name.starts_with(stem) && whole_number(name.substr(stem.size())).value_or(-1) >= 0;
}

/// Logical processors of one core name the same siblings.
int physical_cores_of(const fs::path& processors) {
    std::set<std::string> siblings;
    for (const std::string& name : names_in(processors)) {
        if (!is_numbered(name, "cpu")) continue;
        std::string list = line_of_file(processors / name / "topology/thread_siblings_list");
        if (!list.empty()) siblings.insert(std::move(list));
    }
    return static_cast<int>(siblings.size());
}

int numa_nodes_of(const fs::path& nodes) {
    const auto names = names_in(nodes);
    return static_cast<int>(std::count_if(names.begin(), names.end(), [](const std::string& name) {
        return is_numbered(name, "node");
    }));
}

/// "512K" are 524288; 0 for what is no size.
std::int64_t cache_bytes(std::string_view text) {
    std::int64_t unit = 1;
    if (text.ends_with('K')) unit = std::int64_t{1} << 10;
    if (text.ends_with('M')) unit = std::int64_t{1} << 20;
    if (unit > 1) text.remove_suffix(1);
    const std::int64_t count = whole_number(text).value_or(0);
    return count > 0 && count < (std::int64_t{1} << 40) ? count * unit : 0;
}

void read_caches(const fs::path& caches, ProcessorFacts& facts) {
    for (const std::string& name : names_in(caches)) {
        if (!is_numbered(name, "index")) continue;
        const fs::path cache = caches / name;
        if (line_of_file(cache / "type") == "Instruction") continue;
        const std::int64_t bytes = cache_bytes(line_of_file(cache / "size"));
        switch (number_of_file(cache / "level").value_or(0)) {
            case 1: facts.l1_data_bytes = bytes; break;
            case 2: facts.l2_bytes = bytes; break;
            case 3: facts.l3_bytes = bytes; break;
            default: break;
        }
    }
}

}  // namespace

ProcessorFacts processor_facts(const fs::path& root) {
    const std::string cpuinfo = text_of_file(root / "proc/cpuinfo", most_cpuinfo_bytes);
    const fs::path processors = root / "sys/devices/system/cpu";
    ProcessorFacts facts;
    facts.name = value_of(cpuinfo, "model name", ':');
    facts.vendor = vendor_of(cpuinfo);
    facts.architecture = architecture_of_build();
    facts.instruction_sets = instruction_sets_of(cpuinfo);
    facts.logical_processors = logical_processors_of(cpuinfo);
    if (facts.logical_processors == 0)
        facts.logical_processors = static_cast<int>(std::thread::hardware_concurrency());
    facts.physical_cores = physical_cores_of(processors);
    if (facts.physical_cores == 0) facts.physical_cores = facts.logical_processors;
    facts.numa_nodes = std::max(1, numa_nodes_of(root / "sys/devices/system/node"));
    facts.allowed_processors = allowed_processors(root);
    facts.quota_cores = quota_cores(root);
    facts.usable_threads = usable_cores(root);
    read_caches(processors / "cpu0/cache", facts);
    return facts;
}

}  // namespace acestep::hardware
