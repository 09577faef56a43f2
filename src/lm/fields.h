// The fields of the chain of thought as indices, in the order in which it lists them.
// Source: spec lm.md 3.2.
#pragma once

#include <cstddef>

#include "text/metas.h"

namespace acestep::lm {

using Field = text::MetaField;
using text::name;

inline constexpr std::size_t field_count = 7;

constexpr std::size_t index_of(Field field) {
    return static_cast<std::size_t>(field);
}
static_assert(index_of(Field::timesignature) + 1 == field_count);

}  // namespace acestep::lm
