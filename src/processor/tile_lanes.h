// What kernels for the tile registers of AMX have in common (see lanes.h for who may include this).
#pragma once

#include "processor/bf16_lanes.h"

namespace acestep::processor {
namespace {

constexpr int tile_rows = 16;     // of a register, each of 64 bytes
constexpr int tile_columns = 16;  // of 32 bits
static_assert(lanes == tile_columns);

/// What is in memory, for instructions that the compiler does not know to read or write it.
ACESTEP_INLINE void write_to_memory() {
    asm volatile("" ::: "memory");
}

}  // namespace
}  // namespace acestep::processor
