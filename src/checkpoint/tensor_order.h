// Tensors of one file in the order of their data.
#pragma once

#include <vector>

#include "checkpoint/tensor_view.h"

namespace acestep::checkpoint {

/// Sorts views into one file by where their data begins.
/// \throws Error{corrupt_file} when two of them share bytes
void order_by_position(std::vector<TensorView>& tensors);

}  // namespace acestep::checkpoint
