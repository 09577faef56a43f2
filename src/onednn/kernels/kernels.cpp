#include "onednn/kernels/kernels.h"

#include "acestep/error.h"
#include "onednn/library.h"

namespace acestep::onednn {

extern const Kernels kernels_portable;
#if defined(__x86_64__)
extern const Kernels kernels_x86_64_v3;
extern const Kernels kernels_x86_64_v4;
extern const WordKernels word_kernels_x86_64_bf16;
extern const WordKernels word_kernels_x86_64_amx;

namespace {

Kernels with_words(const Kernels& kernels, const WordKernels& words) {
    Kernels both = kernels;
    both.words = &words;
    return both;
}

}  // namespace
#endif

const Kernels& kernels_for(InstructionSet set) {
    if (!supported(set))
        throw Error(ErrorCode::internal, "This processor lacks the instructions of a kernel.");
#if defined(__x86_64__)
    if (set == InstructionSet::x86_64_v3) return kernels_x86_64_v3;
    if (set == InstructionSet::x86_64_v4) return kernels_x86_64_v4;
    static const Kernels bf16 = with_words(kernels_x86_64_v4, word_kernels_x86_64_bf16);
    if (set == InstructionSet::x86_64_bf16) return bf16;
    static const Kernels amx = with_words(kernels_x86_64_v4, word_kernels_x86_64_amx);
    if (set == InstructionSet::x86_64_amx) return amx;
#endif
    return kernels_portable;
}

InstructionSet best_instruction_set() {
    InstructionSet best = InstructionSet::portable;
    for (const InstructionSet set : all_instruction_sets)
        if (supported(set) && set <= library_instruction_set()) best = set;
    return best;
}

const Kernels& best_kernels() {
    static const Kernels& best = kernels_for(best_instruction_set());
    return best;
}

}  // namespace acestep::onednn
