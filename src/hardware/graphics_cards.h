// Graphics cards as the system sees them, with or without a driver that can compute on them.
#pragma once

#include <filesystem>
#include <vector>

#include "acestep/machine.h"

namespace acestep::hardware {

/// From the PCI bus, the kernel's graphics drivers and NVIDIA's own files in /proc, by address;
/// none elsewhere than on Linux. `devices` is left empty.
std::vector<GraphicsCard> graphics_cards(const std::filesystem::path& root = "/");

}  // namespace acestep::hardware
