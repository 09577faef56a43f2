#include "processor/instruction_set.h"

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

#else

bool has_x86_64_v3() {
    return false;
}

bool has_x86_64_v4() {
    return false;
}

#endif

}  // namespace

std::string_view name(InstructionSet set) {
    switch (set) {
        case InstructionSet::portable: return "portable";
        case InstructionSet::x86_64_v3: return "x86-64-v3";
        case InstructionSet::x86_64_v4: return "x86-64-v4";
    }
    return "portable";
}

bool supported(InstructionSet set) {
    switch (set) {
        case InstructionSet::portable: return true;
        case InstructionSet::x86_64_v3: return has_x86_64_v3();
        case InstructionSet::x86_64_v4: return has_x86_64_v4();
    }
    return false;
}

}  // namespace acestep::processor
