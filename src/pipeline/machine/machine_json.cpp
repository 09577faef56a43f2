// A machine as JSON.
#include <nlohmann/json.hpp>

#include "acestep/machine.h"

namespace acestep {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const ProcessorFacts& processor) {
    return {{"name", processor.name},
            {"vendor", processor.vendor},
            {"architecture", processor.architecture},
            {"instruction_sets", processor.instruction_sets},
            {"logical_processors", processor.logical_processors},
            {"physical_cores", processor.physical_cores},
            {"numa_nodes", processor.numa_nodes},
            {"allowed_processors", processor.allowed_processors},
            {"quota_cores", processor.quota_cores},
            {"usable_threads", processor.usable_threads},
            {"l1_data_bytes", processor.l1_data_bytes},
            {"l2_bytes", processor.l2_bytes},
            {"l3_bytes", processor.l3_bytes}};
}

Json json_of(const HostMemory& memory) {
    return {
        {"total_bytes", memory.total_bytes},         {"available_bytes", memory.available_bytes},
        {"limit_bytes", memory.limit_bytes},         {"limit_used_bytes", memory.limit_used_bytes},
        {"usable_bytes", memory.usable_bytes},       {"swap_total_bytes", memory.swap_total_bytes},
        {"swap_free_bytes", memory.swap_free_bytes}, {"bandwidth", memory.bandwidth}};
}

Json json_of(const ComputeDevice& device) {
    return {{"id", device.id},
            {"backend", device.backend},
            {"name", device.name},
            {"vendor", device.vendor},
            {"kind", name(device.kind)},
            {"total_bytes", device.total_bytes},
            {"free_bytes", device.free_bytes},
            {"memory_source", name(device.memory_source)},
            {"pci", device.pci},
            {"driver", device.driver},
            {"api_version", device.api_version},
            {"architecture", device.architecture},
            {"unified_memory", device.unified_memory}};
}

Json json_of(const BackendModule& module) {
    return {{"name", module.name},
            {"status", name(module.status)},
            {"file", module.file.string()},
            {"problem", module.problem}};
}

Json json_of(const GraphicsCard& card) {
    return {{"vendor", card.vendor},
            {"name", card.name},
            {"device_code", card.device_code},
            {"pci", card.pci},
            {"driver", card.driver},
            {"driver_version", card.driver_version},
            {"architecture", card.architecture},
            {"total_bytes", card.total_bytes},
            {"used_bytes", card.used_bytes},
            {"shared_bytes", card.shared_bytes},
            {"devices", card.devices}};
}

Json json_of(const std::vector<NamedText>& texts) {
    Json json = Json::object();
    for (const auto& [name, text] : texts) json[name] = text;
    return json;
}

Json json_of(const Surroundings& surroundings) {
    return {{"system", surroundings.system},
            {"kernel", surroundings.kernel},
            {"container", surroundings.container},
            {"wsl", surroundings.wsl},
            {"environment", json_of(surroundings.environment)},
            {"tools", json_of(surroundings.tools)}};
}

template <class Item>
Json list_of(const std::vector<Item>& items) {
    Json list = Json::array();
    for (const Item& item : items) list.push_back(json_of(item));
    return list;
}

}  // namespace

std::string to_json(const Machine& machine) {
    const Json json{{"processor", json_of(machine.processor)},
                    {"memory", json_of(machine.memory)},
                    {"devices", list_of(machine.devices)},
                    {"modules", list_of(machine.modules)},
                    {"graphics_cards", list_of(machine.graphics_cards)},
                    {"surroundings", json_of(machine.surroundings)},
                    {"notes", machine.notes},
                    {"warnings", machine.warnings}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace acestep
