// A tensor's weights in packed memory: what is where, and how it gets there.
//
// bf16 and int8 lie in panels of words where the processor has instructions for those, and
// otherwise in the order that oneDNN chose. int8: the packed bytes, then a scale for each row
// (f32), then the sum of each row's bytes (s32), each from the boundary of a cache line on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <ggml.h>

#include "onednn/backend.h"
#include "onednn/library.h"
#include "onednn/products/word_panels.h"

namespace acestep::onednn {

constexpr std::size_t cache_line = 64;

/// `bytes` and what fills up its last cache line.
constexpr std::size_t whole_lines(std::size_t bytes) {
    return (bytes + cache_line - 1) / cache_line * cache_line;
}

/// The shape in which a tensor is packed, if it is.
std::optional<PackedShape> packed_shape(const ggml_tensor* weight);

/// The panels that weights of this shape become on this processor; without: oneDNN's order.
std::optional<WordPanels> word_panels(const PackedShape& shape);

struct PackedWeight {
    std::size_t scales = 0, sums = 0;  ///< where they begin; int8 only
    std::size_t bytes = 0;             ///< all of it
};
PackedWeight layout_of(const PackedShape& shape);

/// `plain` is the tensor's data as ggml has it. \throws Error{internal}
void pack_tensor(const ggml_tensor* weight, const PackedShape& shape, const void* plain,
                 int threads);
/// The same in 8 bits, from rows in f32; `room` as `set_rows` takes it. \throws Error{internal}
void pack_rows(const ggml_tensor* weight, const PackedShape& shape, const ReadRow& read,
               std::vector<std::byte>& room, int threads);
void unpack_tensor(const ggml_tensor* weight, const PackedShape& shape, void* plain);

}  // namespace acestep::onednn
