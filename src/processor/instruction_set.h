// The instruction sets that the kernels are compiled for, and which of them this processor has.
#pragma once

#include <string_view>

namespace acestep::processor {

/// `x86_64_v3` stands for AVX2, FMA and F16C; `x86_64_v4` for AVX-512 F, BW, DQ and VL besides;
/// `x86_64_bf16` for AVX-512 BF16 and VNNI besides; `x86_64_amx` for AMX with BF16 and INT8
/// besides.
enum class InstructionSet { portable, x86_64_v3, x86_64_v4, x86_64_bf16, x86_64_amx };

constexpr InstructionSet all_instruction_sets[] = {
    InstructionSet::portable, InstructionSet::x86_64_v3, InstructionSet::x86_64_v4,
    InstructionSet::x86_64_bf16, InstructionSet::x86_64_amx};

std::string_view name(InstructionSet set);

/// Whether this program has kernels for `set` and this processor can run them.
bool supported(InstructionSet set);

}  // namespace acestep::processor
