// A matrix times a few vectors as one operation of a graph that uses the pool.
#pragma once

#include <ggml.h>

#include "runtime/graph.h"

namespace acestep::models {

/// Whether there is a kernel for matrices of this type.
bool has_skinny_kernel(ggml_type type);

/// weight `[out, in]`, x `[..., in]` of f32 → `[..., out]`. For graphs on the processor whose
/// weights have a kernel.
ggml_tensor* skinny_linear(runtime::Graph& graph, ggml_tensor* weight, ggml_tensor* x);

}  // namespace acestep::models
