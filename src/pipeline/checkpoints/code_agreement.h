// Whether a language model may have fewer than 8 bits: only one whose codes were compared with
// those of the model it was made from (lm/code_agreement.h), and agreed.
//
// `acestep models convert` compares them and writes the result into the file, so whoever opens it
// later knows. Files of other programs say nothing, which counts as no.
#pragma once

#include <cmath>
#include <functional>
#include <optional>

#include "acestep/progress.h"
#include "checkpoint/checkpoint.h"

namespace acestep::pipeline {

/// The key of a GGUF file that has the result, 0 … 1.
inline constexpr const char* code_agreement_key = "acestep.code_agreement";

/// A model that keeps fewer of its codes than this is not chosen unless it is named.
inline constexpr double least_code_agreement = 0.9;

/// What a file says about itself; nothing when it does not, or something impossible.
std::optional<double> stated_code_agreement(const checkpoint::Checkpoint& language);

/// Whether it has to agree: matrices are stored in fewer than 8 bits, or were once, as the file
/// says.
bool needs_code_agreement(const checkpoint::Checkpoint& language);

/// What a model keeps that is itself the source of a conversion: all where it need not agree.
double code_agreement_of_source(const checkpoint::Checkpoint& language);

/// As users are told it; a begun one is not kept.
inline double codes_of_100(double agreement) {
    return std::floor(100 * agreement);
}

/// Whether it need not agree, or agrees well enough to be chosen without being named.
bool keeps_codes(const checkpoint::Checkpoint& language);

struct CodeComparison {
    const checkpoint::Checkpoint& exact;
    const checkpoint::Checkpoint& rounded;
    int threads = 0;
    const CancelToken* cancel = nullptr;
    std::function<void(double share)> progress;  ///< of the work, up to 1
};

/// Lets both models run on the processor, one after the other. The mean over all codes written; 0
/// when the exact model wrote none. \throws Error{corrupt_file, unsupported, out_of_memory,
/// cancelled}
double measured_code_agreement(const CodeComparison& comparison);

}  // namespace acestep::pipeline
