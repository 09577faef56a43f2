// Addresses and names of devices on the PCI bus.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace acestep::hardware {

/// An address as everybody spells it here, "0000:01:00.0": NVIDIA's library has eight digits in
/// front and capitals. Blank for what is no address.
std::string pci_address(std::string_view text);

/// The maker of a vendor code such as "0x10de" ("NVIDIA"), else the code itself.
std::string pci_vendor(std::string_view vendor_code);

/// The name of a device in the system's list pci.ids, blank when it has none. `vendor` as
/// pci_vendor says it, the device as "0x744c".
std::string pci_device_name(const std::filesystem::path& root, std::string_view vendor,
                            std::string_view device_code);

}  // namespace acestep::hardware
