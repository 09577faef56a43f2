// safetensors: eight bytes with the length of a JSON header, the header, and raw little-endian
// data.
//
//     {"__metadata__": {"key": "text"},
//      "a.weight": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}
//
// Offsets count from the end of the header. Nothing is allocated by what a header claims: a tensor
// is a view, and its range is checked against the file and its shape before the view exists.
// Source: spec dit.md 9.1.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/tensor_view.h"

namespace acestep::checkpoint {

struct SafetensorsContents {
    std::vector<TensorView> tensors;  ///< in the order of their data
    std::map<std::string, std::string> metadata;
};

/// `bytes` is the whole file; the views point into it. `file` is its path, for messages.
/// \throws Error{corrupt_file} naming file and tensor
SafetensorsContents read_safetensors(std::span<const std::byte> bytes, const std::string& file);

}  // namespace acestep::checkpoint
