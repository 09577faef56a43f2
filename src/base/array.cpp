#include "base/array.h"

#include <cassert>
#include <utility>

namespace acestep {

std::int64_t element_count(std::span<const std::int64_t> shape) {
    std::int64_t count = 1;
    for (const std::int64_t dimension : shape) count *= dimension;
    return count;
}

Array::Array(std::vector<std::int64_t> dimensions, float value)
    : shape(std::move(dimensions)), values(static_cast<std::size_t>(element_count(shape)), value) {}

Array::Array(std::vector<std::int64_t> dimensions, std::vector<float> numbers)
    : shape(std::move(dimensions)), values(std::move(numbers)) {
    assert(element_count(shape) == size());
}

std::span<float> Array::slice(std::int64_t i) {
    assert(!shape.empty() && i >= 0 && i < shape[0]);
    const std::size_t width = values.size() / static_cast<std::size_t>(shape[0]);
    return std::span(values).subspan(static_cast<std::size_t>(i) * width, width);
}

std::span<const float> Array::slice(std::int64_t i) const {
    assert(!shape.empty() && i >= 0 && i < shape[0]);
    const std::size_t width = values.size() / static_cast<std::size_t>(shape[0]);
    return std::span(values).subspan(static_cast<std::size_t>(i) * width, width);
}

}  // namespace acestep
