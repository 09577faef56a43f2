// Dense host values with a shape: how numbers travel between stages.
//
// Stages hand each other plain values (design: nothing flows back up except progress and errors),
// and those values are arrays of float32, row-major, shape written slowest dimension first as in
// the papers and checkpoints: latents are `[B, T, C]`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace acestep {

struct Array {
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    Array() = default;
    /// Filled with `value`.
    explicit Array(std::vector<std::int64_t> dimensions, float value = 0);
    /// `numbers.size()` must be the product of the dimensions.
    Array(std::vector<std::int64_t> dimensions, std::vector<float> numbers);

    std::int64_t size() const { return static_cast<std::int64_t>(values.size()); }
    std::int64_t dim(std::size_t axis) const { return shape.at(axis); }

    /// The values below index `i` of the slowest dimension: item i of a batch, row i of a matrix.
    std::span<float> slice(std::int64_t i);
    std::span<const float> slice(std::int64_t i) const;
};

/// Product of the dimensions; 1 for an empty shape.
std::int64_t element_count(std::span<const std::int64_t> shape);

}  // namespace acestep
