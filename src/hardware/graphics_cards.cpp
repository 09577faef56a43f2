#include "hardware/graphics_cards.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "hardware/amd_architecture.h"
#include "hardware/pci.h"
#include "hardware/text_of_file.h"

namespace acestep::hardware {
namespace {

namespace fs = std::filesystem;

GraphicsCard& card_at(std::vector<GraphicsCard>& cards, const std::string& pci) {
    const auto found = std::find_if(cards.begin(), cards.end(), [&](const GraphicsCard& card) {
        return !pci.empty() && card.pci == pci;
    });
    if (found != cards.end()) return *found;
    cards.emplace_back().pci = pci;
    return cards.back();
}

std::int64_t bytes_in(const fs::path& file) {
    return std::max<std::int64_t>(0, number_of_file(file).value_or(0));
}

/// The card's own memory where i915 and xe tell it: whole, or by tile.
std::int64_t intel_memory(const fs::path& card, const fs::path& device) {
    if (const std::int64_t bytes = bytes_in(card / "lmem_total_bytes"); bytes > 0) return bytes;
    std::int64_t bytes = 0;
    for (const std::string& name : names_in(device)) {
        if (name.starts_with("tile")) bytes += bytes_in(device / name / "physical_vram_size_bytes");
    }
    return bytes;
}

void read_device(const fs::path& device, GraphicsCard& card) {
    card.vendor = pci_vendor(line_of_file(device / "vendor"));
    card.device_code = line_of_file(device / "device");
    card.name = line_of_file(device / "product_name");
    card.driver = value_of(text_of_file(device / "uevent"), "DRIVER", '=');
    card.total_bytes = bytes_in(device / "mem_info_vram_total");
    card.used_bytes = bytes_in(device / "mem_info_vram_used");
    card.shared_bytes = bytes_in(device / "mem_info_gtt_total");
}

/// Display controllers on the bus, also those without a driver.
void add_from_bus(const fs::path& root, std::vector<GraphicsCard>& cards) {
    const fs::path bus = root / "sys/bus/pci/devices";
    for (const std::string& name : names_in(bus)) {
        if (!line_of_file(bus / name / "class").starts_with("0x03")) continue;
        if (const std::string pci = pci_address(name); !pci.empty())
            read_device(bus / name, card_at(cards, pci));
    }
}

/// "card0" and not its outputs, "card0-HDMI-A-1".
bool is_card(std::string_view name) {
    return name.starts_with("card") && whole_number(name.substr(4)).value_or(-1) >= 0;
}

void add_from_drm(const fs::path& root, std::vector<GraphicsCard>& cards) {
    const fs::path drm = root / "sys/class/drm";
    for (const std::string& name : names_in(drm)) {
        const fs::path device = drm / name / "device";
        if (!is_card(name) || line_of_file(device / "vendor").empty()) continue;
        const std::string slot = value_of(text_of_file(device / "uevent"), "PCI_SLOT_NAME", '=');
        GraphicsCard& card = card_at(cards, pci_address(slot));
        read_device(device, card);
        if (card.total_bytes == 0) card.total_bytes = intel_memory(drm / name, device);
    }
}

/// "550.54.14" of "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 …".
std::string nvidia_driver_version(const fs::path& root) {
    const std::string line =
        value_of(text_of_file(root / "proc/driver/nvidia/version"), "NVRM version", ':');
    for (const std::string_view word : pieces_of(line, ' ')) {
        const bool is_version = word.find('.') != std::string_view::npos &&
                                word.find_first_not_of("0123456789.") == std::string_view::npos;
        if (is_version) return std::string(word);
    }
    return {};
}

void add_from_nvidia(const fs::path& root, std::vector<GraphicsCard>& cards) {
    const std::string version = nvidia_driver_version(root);
    const fs::path folder = root / "proc/driver/nvidia/gpus";
    for (const std::string& name : names_in(folder)) {
        const std::string pci = pci_address(name);
        if (pci.empty()) continue;
        GraphicsCard& card = card_at(cards, pci);
        card.vendor = "NVIDIA";
        card.driver = "nvidia";
        card.driver_version = version;
        const std::string information = text_of_file(folder / name / "information");
        if (const std::string model = value_of(information, "Model", ':'); !model.empty())
            card.name = model;
    }
}

}  // namespace

std::vector<GraphicsCard> graphics_cards(const fs::path& root) {
    std::vector<GraphicsCard> cards;
    add_from_bus(root, cards);
    add_from_drm(root, cards);
    add_from_nvidia(root, cards);
    const auto architectures = amd_architectures(root);
    for (GraphicsCard& card : cards) {
        if (card.name.empty() && !card.device_code.empty())
            card.name = pci_device_name(root, card.vendor, card.device_code);
        for (const AmdArchitecture& architecture : architectures)
            if (architecture.pci == card.pci) card.architecture = architecture.name;
    }
    std::stable_sort(cards.begin(), cards.end(),
                     [](const GraphicsCard& a, const GraphicsCard& b) { return a.pci < b.pci; });
    return cards;
}

}  // namespace acestep::hardware
