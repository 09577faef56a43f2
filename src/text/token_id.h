// The number of a token in a text vocabulary.
#pragma once

#include <cstdint>

namespace acestep::text {

using TokenId = std::int32_t;

}  // namespace acestep::text
