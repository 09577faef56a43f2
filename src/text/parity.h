// Where the official program has accidents: what is asked for instead.
#pragma once

namespace acestep::text {

enum class Parity {
    recommended,  ///< what the specification recommends; each function says where it differs
    official,     ///< what the official program does, byte for byte, accidents included
};

}  // namespace acestep::text
