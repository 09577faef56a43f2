// The tile registers of AMX, which a system hands out on demand.
#pragma once

namespace acestep {

/// Asks the system for this process to use them. They are large, and would be saved with every
/// switch of threads, so that Linux lets only those have them who ask. False where there are none,
/// or the system has no way to hand them out.
bool may_use_tile_registers();

}  // namespace acestep
