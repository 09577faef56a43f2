#include "pipeline/machine/device_speeds.h"

#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "acestep/version.h"
#include "base/user_directories.h"
#include "base/whole_file.h"
#include "hardware/cpu.h"
#include "hardware/processor_facts.h"
#include "runtime/speed_test.h"
#include "runtime/weight_types.h"

namespace acestep::pipeline {
namespace {

using nlohmann::json;
using runtime::Speeds;
namespace fs = std::filesystem;

// A few devices have a few hundred bytes each.
constexpr std::uintmax_t largest_file = 1 << 20;
// Beyond what any device has; a file that says so is damaged.
constexpr double most = 1e18;

/// All devices of the file; an empty object when it is none of ours.
json devices_in(const fs::path& file) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (file.empty() || error || size > largest_file) return json::object();
    std::ifstream in(file, std::ios::binary);
    json root = json::parse(in, nullptr, false);
    const bool ours = root.is_object() && root.value("program", json()) == version() &&
                      root.contains("devices") && root["devices"].is_object();
    return ours ? std::move(root["devices"]) : json::object();
}

std::optional<double> number(const json& object, const char* key, double least) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const double value = found->get<double>();
    return value >= least && value < most ? std::optional(value) : std::nullopt;
}

std::optional<Speeds> speeds_from(const json& object) {
    if (!object.is_object()) return std::nullopt;
    const auto memory = number(object, "memory_bytes_per_s", 1);
    const auto transfer = number(object, "transfer_bytes_per_s", 0);
    const auto launch = number(object, "launch_s", 0);
    const auto convert = number(object, "converted_weights_per_s", 1);
    const auto products = object.find("flops");
    if (!memory || !transfer || !launch || !convert || products == object.end() ||
        !products->is_object())
        return std::nullopt;
    Speeds speeds{.products = {},
                  .memory = *memory,
                  .transfer = *transfer,
                  .launch = *launch,
                  .convert = *convert};
    for (const ggml_type type : runtime::matrix_types) {
        const auto rate = number(*products, ggml_type_name(type), 1);
        if (!rate) return std::nullopt;
        speeds.products[type] = *rate;
    }
    return speeds;
}

json json_of(const Speeds& speeds) {
    json products = json::object();
    for (const auto& [type, rate] : speeds.products) products[ggml_type_name(type)] = rate;
    return {{"memory_bytes_per_s", speeds.memory},
            {"transfer_bytes_per_s", speeds.transfer},
            {"launch_s", speeds.launch},
            {"converted_weights_per_s", speeds.convert},
            {"flops", std::move(products)}};
}

}  // namespace

std::optional<Speeds> SpeedFile::find(const std::string& device) const {
    const json devices = devices_in(file_);
    const auto found = devices.find(device);
    return found == devices.end() ? std::nullopt : speeds_from(*found);
}

void SpeedFile::remember(const std::string& device, const Speeds& speeds) const {
    if (file_.empty()) return;
    json devices = devices_in(file_);
    devices[device] = json_of(speeds);
    const json root = {{"program", version()}, {"devices", std::move(devices)}};
    std::error_code ignored;
    fs::create_directories(file_.parent_path(), ignored);
    // What cannot be kept is measured again.
    (void)write_whole_file(file_, root.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

SpeedFile user_speed_file() {
    const fs::path folder = cache_directory();
    return SpeedFile(folder.empty() ? folder : folder / "speeds.json");
}

std::string processor_key(int threads, runtime::ProcessorKernels kernels) {
    const bool own = kernels == runtime::ProcessorKernels::own;
    return fmt::format("{}, {} threads, {}", hardware::processor_facts().name,
                       threads > 0 ? threads : hardware::usable_cores(),
                       own ? runtime::processor_engine() : "ggml");
}

std::optional<Speeds> device_speeds(const SpeedFile& file, const std::string& device,
                                    const std::function<std::unique_ptr<runtime::Device>()>& open) {
    if (auto known = file.find(device)) return known;
    try {
        const std::unique_ptr<runtime::Device> opened = open();
        const Speeds speeds = runtime::measure_speeds(*opened);
        file.remember(device, speeds);
        return speeds;
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace acestep::pipeline
