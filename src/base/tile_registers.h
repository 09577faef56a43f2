// The tile registers of AMX, which a system hands out on demand.
#pragma once

#include <cstdint>

namespace acestep {

/// Asks the system for this process to use them. They are large, and would be saved with every
/// switch of threads, so that Linux lets only those have them who ask. False where there are none,
/// or the system has no way to hand them out.
bool may_use_tile_registers();

/// How the registers are divided, as the instruction reads it.
struct alignas(64) TileConfiguration {
    std::uint8_t palette = 1, first_row = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t row_bytes[16] = {};
    std::uint8_t rows[16] = {};
};

}  // namespace acestep
