// What a pickle that torch.save wrote says about its one tensor, found without running it.
//
// A pickle is a program for a stack machine that can call any Python function. This reader knows
// the instructions that the saving of one tensor uses and gives them no effect but to describe it:
// calls are recognised by name and never made, and everything else is an error.
// Source: spec dit.md 9.2; the instructions are those of pickle protocol 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/tensor_view.h"

namespace acestep::checkpoint {

/// Sizes, strides and offsets count elements. They are claims, not yet compared with the storage.
struct PickledTensor {
    DataType type = DataType::f32;
    std::string storage_key;  ///< the storage is the archive's entry "…/data/KEY"
    std::int64_t storage_elements = 0;
    std::int64_t offset = 0;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;
};

/// `file` is the archive's path, for messages.
/// \throws Error{corrupt_file}, Error{unsupported} when it describes anything but a plain tensor
PickledTensor read_tensor_pickle(std::span<const std::byte> bytes, const std::string& file);

}  // namespace acestep::checkpoint
