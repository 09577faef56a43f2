#include "processor/kernels.h"

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::processor {

extern const Kernels kernels_portable;
#if defined(__x86_64__)
extern const Kernels kernels_x86_64_v3;
extern const Kernels kernels_x86_64_v4;
extern const Kernels kernels_x86_64_amx;
#endif

namespace {

InstructionSet best_instruction_set() {
    InstructionSet best = InstructionSet::portable;
    for (const InstructionSet set : all_instruction_sets)
        if (supported(set)) best = set;
    return best;
}

}  // namespace

const Kernels& kernels_for(InstructionSet set) {
    if (!supported(set)) {
        throw Error(ErrorCode::internal,
                    fmt::format("This processor has no {} instructions.", name(set)));
    }
#if defined(__x86_64__)
    if (set == InstructionSet::x86_64_v3) return kernels_x86_64_v3;
    // A single vector is bound by memory, whatever multiplies it.
    if (set == InstructionSet::x86_64_v4 || set == InstructionSet::x86_64_bf16)
        return kernels_x86_64_v4;
    if (set == InstructionSet::x86_64_amx) return kernels_x86_64_amx;
#endif
    return kernels_portable;
}

const Kernels& best_kernels() {
    static const Kernels& best = kernels_for(best_instruction_set());
    return best;
}

}  // namespace acestep::processor
