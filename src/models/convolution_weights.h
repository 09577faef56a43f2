// The matrices that convolutions multiply by, made from stored weights when a network is loaded.
//
// Stored weights may be normed: as magnitude and direction (weight_g and weight_v, or
// parametrizations.weight.original0 and 1), which are folded to g · v / ‖v‖ for each index of
// dimension 0. Source: spec dit.md 7.2; torch.nn.utils.weight_norm.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/weight_set.h"

namespace acestep::models {

/// NAME.weight `[out, in, K]` as `[out, K · in]`. \throws Error{corrupt_file} if it is missing in
/// every form.
ggml_tensor* declare_kernel_major(runtime::WeightSet& weights, const std::string& name,
                                  const runtime::Shape& stored);

/// NAME.weight `[in, out, 2 · stride]` of a transposed convolution as `[stride · out, 2 · in]`:
/// output frame b · stride + r gets kernel position stride + r of input frame b − 1 and position r
/// of frame b. \throws Error{corrupt_file}
ggml_tensor* declare_polyphase(runtime::WeightSet& weights, const std::string& name,
                               const runtime::Shape& stored);

}  // namespace acestep::models
