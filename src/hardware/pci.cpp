#include "hardware/pci.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/ascii.h"
#include "hardware/text_of_file.h"

namespace acestep::hardware {
namespace {

// The list has 1.5 MB.
constexpr std::size_t most_list_bytes = std::size_t{8} << 20;

using Vendor = std::pair<std::string_view, std::string_view>;
constexpr std::array vendors = {Vendor{"0x10de", "NVIDIA"}, Vendor{"0x1002", "AMD"},
                                Vendor{"0x8086", "Intel"}, Vendor{"0x106b", "Apple"}};

std::string_view vendor_code_of(std::string_view vendor) {
    for (const auto& [code, name] : vendors)
        if (name == vendor) return code;
    return vendor;
}

bool is_hexadecimal(std::string_view text, std::size_t shortest, std::size_t longest) {
    return text.size() >= shortest && text.size() <= longest &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char digit) { return std::isxdigit(digit) != 0; });
}

/// "744c" of "0x744c".
std::string digits(std::string_view code) {
    if (code.starts_with("0x")) code.remove_prefix(2);
    return ascii_lower(code);
}

/// The lines below a vendor's in the list: "VENDOR  NAME" begins it, "\tDEVICE  NAME" are its
/// devices.
std::string_view devices_of(std::string_view list, const std::string& vendor) {
    const std::size_t begin = list.find("\n" + vendor + "  ");
    if (begin == std::string_view::npos) return {};
    std::size_t end = list.find('\n', begin + 1);
    const std::size_t first = std::min(end, list.size());
    while (end != std::string_view::npos && list.substr(end + 1).starts_with('\t'))
        end = list.find('\n', end + 1);
    return list.substr(first, std::min(end, list.size()) - first);
}

}  // namespace

std::string pci_address(std::string_view text) {
    const std::string lower = ascii_lower(trimmed(text));
    const std::size_t first = lower.find(':'), second = lower.find(':', first + 1);
    const std::size_t dot = lower.find('.');
    if (first == std::string::npos || second == std::string::npos || dot == std::string::npos ||
        dot < second)
        return {};
    const std::string domain = lower.substr(0, first);
    const std::string bus = lower.substr(first + 1, second - first - 1);
    const std::string device = lower.substr(second + 1, dot - second - 1);
    const std::string function = lower.substr(dot + 1);
    if (!is_hexadecimal(domain, 4, 8) || !is_hexadecimal(bus, 2, 2) ||
        !is_hexadecimal(device, 2, 2) || !is_hexadecimal(function, 1, 1))
        return {};
    return domain.substr(domain.size() - 4) + ":" + bus + ":" + device + "." + function;
}

std::string pci_vendor(std::string_view vendor_code) {
    for (const auto& [code, name] : vendors)
        if (code == vendor_code) return std::string(name);
    return std::string(vendor_code);
}

std::string pci_device_name(const std::filesystem::path& root, std::string_view vendor,
                            std::string_view device_code) {
    for (const char* const list : {"usr/share/hwdata/pci.ids", "usr/share/misc/pci.ids"}) {
        const std::string text = "\n" + text_of_file(root / list, most_list_bytes);
        const std::string_view devices = devices_of(text, digits(vendor_code_of(vendor)));
        const std::string lead = "\n\t" + digits(device_code) + "  ";
        if (const std::size_t found = devices.find(lead); found != std::string_view::npos) {
            const std::string_view name = devices.substr(found + lead.size());
            return std::string(trimmed(name.substr(0, name.find('\n'))));
        }
    }
    return {};
}

}  // namespace acestep::hardware
