// What hardware, drivers and backends each know of a machine, joined; and the device that a request
// runs on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acestep/machine.h"
#include "hardware/nvml.h"
#include "runtime/device_list.h"

namespace acestep::pipeline {

/// One answer of everybody who is asked. Blank `devices` of the cards are filled in.
struct MachineParts {
    ProcessorFacts processor;
    HostMemory memory;
    std::vector<runtime::ListedDevice> devices;
    std::vector<runtime::ModuleState> modules;
    std::vector<GraphicsCard> graphics_cards;
    hardware::NvidiaReport nvidia;
    Surroundings surroundings;
};

/// Devices and cards are matched by PCI address, else by name, else because there is only one of
/// that maker. Free memory is NVIDIA's library's or the kernel's where these have it, because they
/// see what other programs hold. Devices are in the order in which the engine prefers them:
/// discrete before integrated; CUDA, ROCm, Metal, SYCL, Vulkan; the processor; what the processor
/// plays.
Machine joined(MachineParts parts);

/// The maker of a backend's devices, blank when they may be of several.
std::string_view vendor_of_backend(std::string_view name);

struct DeviceChoice {
    ComputeDevice device;
    std::string warning;  ///< a sentence when it is not the device that was asked for
};

/// The device for "auto", "cpu", "cuda", "rocm", "mps", "xpu", "vulkan" (or "hip", "metal",
/// "sycl"), with a number as in "cuda:1". "cuda" is also AMD's, as in the official program. What is
/// not there is replaced by the first of the others; what the processor plays is used only when it
/// is named.
/// \throws Error{invalid_request} for any other name.
DeviceChoice choose_device(std::string_view requested, const Machine& machine);

}  // namespace acestep::pipeline
