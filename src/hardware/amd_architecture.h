// The instruction sets of AMD's graphics processors, by the kernel's compute driver (KFD).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace acestep::hardware {

struct AmdArchitecture {
    std::string pci;   ///< "0000:03:00.0"
    std::string name;  ///< "gfx1100", "gfx90a"
};

/// Graphics processors that the driver can compute on; processors are left out.
std::vector<AmdArchitecture> amd_architectures(const std::filesystem::path& root = "/");

}  // namespace acestep::hardware
