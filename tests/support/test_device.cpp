#include "support/test_device.h"

#include <cstdlib>
#include <stdexcept>

#include "runtime/device_list.h"

namespace acestep::tests {

std::string test_device_name() {
    const char* const named = std::getenv("ACESTEP_TEST_DEVICE");
    return named && *named ? named : "cpu";
}

std::unique_ptr<runtime::Device> test_device(int threads) {
    const std::string name = test_device_name();
    if (name == "cpu") return runtime::Device::cpu(threads);
    std::string found;
    for (const runtime::ListedDevice& device : runtime::list_devices()) {
        if (device.id == name) return runtime::Device::accelerator(device, threads);
        found += " " + device.id;
    }
    for (const runtime::ModuleState& module : runtime::list_modules())
        if (!module.problem.empty()) found += "; " + module.backend + ": " + module.problem;
    throw std::runtime_error("ACESTEP_TEST_DEVICE is " + name + "; there are" + found);
}

}  // namespace acestep::tests
