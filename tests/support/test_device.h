// The device that tests of networks run on: the processor, or the one that ACESTEP_TEST_DEVICE
// names
// ("vulkan:0"). The same cases and expected values then hold for a graphics card's backend.
#pragma once

#include <memory>
#include <string>

#include "runtime/device.h"

namespace acestep::tests {

/// "cpu" unless ACESTEP_TEST_DEVICE names another.
std::string test_device_name();
inline bool tests_on_processor() {
    return test_device_name() == "cpu";
}

/// `threads` are the processor's; 0: all. \throws std::runtime_error, naming the devices there are,
/// for one there is not: a test that was asked for on a device never passes without it.
std::unique_ptr<runtime::Device> test_device(int threads = 0);

}  // namespace acestep::tests
