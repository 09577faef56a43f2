// The processor: model, instruction sets, cores, caches. Linux tells it in /proc/cpuinfo and below
// /sys/devices/system; elsewhere only what the compiler and the standard library know is filled in.
#pragma once

#include <filesystem>

#include "acestep/machine.h"

namespace acestep::hardware {

ProcessorFacts processor_facts(const std::filesystem::path& root = "/");

}  // namespace acestep::hardware
