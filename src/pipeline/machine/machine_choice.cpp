// Which device a request runs on.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "acestep/error.h"
#include "base/ascii.h"
#include "pipeline/machine/machine.h"
#include "pipeline/request/message_text.h"
#include "pipeline/request/nearest_name.h"

namespace acestep::pipeline {
namespace {

struct Request {
    std::string_view word;
    std::string_view backend;
    std::string_view alternative = "";  ///< another backend that goes by this word
};

constexpr std::array requests = {
    Request{"cuda", "CUDA", "ROCm"}, Request{"rocm", "ROCm"},     Request{"hip", "ROCm"},
    Request{"mps", "Metal"},         Request{"metal", "Metal"},   Request{"xpu", "SYCL"},
    Request{"sycl", "SYCL"},         Request{"vulkan", "Vulkan"}, Request{"cpu", "CPU"},
};

constexpr std::array<std::string_view, 7> offered = {"auto", "cuda",   "rocm", "mps",
                                                     "xpu",  "vulkan", "cpu"};

/// A backend as the sentences of the official program call it.
std::string_view spoken(std::string_view backend) {
    if (backend == "Metal") return "MPS";
    if (backend == "SYCL") return "XPU";
    return backend;
}

Error no_such_device(std::string_view requested, std::string_view word) {
    const std::string hint =
        std::find(offered.begin(), offered.end(), word) != offered.end()
            ? "Write a device with a number like cuda:1; 'acestep check-gpu' lists the devices."
            : did_you_mean(word, offered);
    return {ErrorCode::invalid_request, fmt::format("There is no device {}.", in_quotes(requested)),
            hint};
}

const Request* request_called(std::string_view word) {
    const auto found = std::find_if(requests.begin(), requests.end(),
                                    [&](const Request& request) { return request.word == word; });
    return found == requests.end() ? nullptr : &*found;
}

/// "1" of "cuda:1", none of "cuda"; what is no number refuses the request.
std::optional<int> number_in(std::string_view requested, std::string_view word,
                             std::string_view lower) {
    if (word.size() == lower.size()) return std::nullopt;
    const std::string_view digits = lower.substr(word.size() + 1);
    int number = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size() || number < 0 ||
        word == "cpu" || word == "auto")
        throw no_such_device(requested, word);
    return number;
}

bool is_simulated(const ComputeDevice& device) {
    return device.memory_source == MemorySource::simulated;
}

bool is_meant(const ComputeDevice& device, const Request& request, std::optional<int> number) {
    if (is_simulated(device)) return false;
    if (device.backend != request.backend && device.backend != request.alternative) return false;
    return !number || device.id.ends_with(fmt::format(":{}", *number));
}

/// The first that is no device played by the processor; the list has it in order of preference.
const ComputeDevice* preferred(const Machine& machine) {
    for (const ComputeDevice& device : machine.devices) {
        const bool played = device.kind == DeviceKind::cpu && device.backend != "CPU";
        if (!is_simulated(device) && !played) return &device;
    }
    return nullptr;
}

const ComputeDevice* first_meant(const Machine& machine, const Request& request,
                                 std::optional<int> number) {
    const auto found = std::find_if(
        machine.devices.begin(), machine.devices.end(),
        [&](const ComputeDevice& device) { return is_meant(device, request, number); });
    return found == machine.devices.end() ? nullptr : &*found;
}

}  // namespace

DeviceChoice choose_device(std::string_view requested, const Machine& machine) {
    const std::string lower = ascii_lower(requested);
    const std::string_view word = std::string_view(lower).substr(0, lower.find(':'));
    const Request* const request = request_called(word);
    if (!request && word != "auto") throw no_such_device(requested, word);
    const std::optional<int> number = number_in(requested, word, lower);
    const ComputeDevice* const otherwise = preferred(machine);
    if (!otherwise) throw Error(ErrorCode::internal, "A machine without a processor was given.");
    if (!request) return {*otherwise, {}};
    if (const ComputeDevice* device = first_meant(machine, *request, number)) return {*device, {}};
    if (const ComputeDevice* device = first_meant(machine, *request, std::nullopt))
        return {*device, fmt::format("{} requested but unavailable. Falling back to {}.", lower,
                                     device->id)};
    return {*otherwise, fmt::format("{} requested but unavailable. Falling back to {}.",
                                    spoken(request->backend), spoken(otherwise->backend))};
}

}  // namespace acestep::pipeline
