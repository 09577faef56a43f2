#include "processor/instruction_set.h"

#if defined(__x86_64__)
#include <cpuid.h>

#include "base/tile_registers.h"
#endif

namespace acestep::processor {
namespace {

#if defined(__x86_64__)

// Every processor with AVX2 has F16C, which not all compilers can be asked about.
bool has_x86_64_v3() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

bool has_x86_64_v4() {
    return has_x86_64_v3() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

// Not all compilers can be asked about these, so the processor is.
bool has_x86_64_bf16() {
    unsigned int a = 0, b = 0, c = 0, d = 0;
    constexpr unsigned int avx512_vnni = 1U << 11, avx512_bf16 = 1U << 5;
    if (!has_x86_64_v4() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    if ((c & avx512_vnni) == 0 || !__get_cpuid_count(7, 1, &a, &b, &c, &d)) return false;
    return (a & avx512_bf16) != 0;
}

bool has_x86_64_amx() {
    unsigned int a = 0, b = 0, c = 0, d = 0;
    if (!has_x86_64_bf16() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    constexpr unsigned int amx_bf16 = 1U << 22, amx_tile = 1U << 24, amx_int8 = 1U << 25;
    constexpr unsigned int amx = amx_bf16 | amx_tile | amx_int8;
    return (d & amx) == amx && may_use_tile_registers();
}

#else

bool has_x86_64_v3() {
    return false;
}

bool has_x86_64_v4() {
    return false;
}

bool has_x86_64_bf16() {
    return false;
}

bool has_x86_64_amx() {
    return false;
}

#endif

}  // namespace

std::string_view name(InstructionSet set) {
    switch (set) {
        case InstructionSet::portable: return "portable";
        case InstructionSet::x86_64_v3: return "x86-64-v3";
        case InstructionSet::x86_64_v4: return "x86-64-v4";
        case InstructionSet::x86_64_bf16: return "x86-64-v4 with BF16";
        case InstructionSet::x86_64_amx: return "x86-64-v4 with AMX";
    }
    return "portable";
}

bool supported(InstructionSet set) {
    switch (set) {
        case InstructionSet::portable: return true;
        case InstructionSet::x86_64_v3: return has_x86_64_v3();
        case InstructionSet::x86_64_v4: return has_x86_64_v4();
        case InstructionSet::x86_64_bf16: return has_x86_64_bf16();
        case InstructionSet::x86_64_amx: return has_x86_64_amx();
    }
    return false;
}

}  // namespace acestep::processor
