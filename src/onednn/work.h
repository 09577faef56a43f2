// How much there is to compute in operations of ours, for estimates of time.
#pragma once

#include <ggml.h>

namespace acestep::onednn {

/// Floating-point operations of a custom node by its definition; 0 where it is none of ours or
/// multiplies nothing by weights or keys. Those are its second source.
double flops(const ggml_tensor* node);

/// How much of the time of plain products of the same size it takes on this folder's backend: less
/// than 1 where it gets by with fewer multiplications.
double share_of_product_time(const ggml_tensor* node);

}  // namespace acestep::onednn
