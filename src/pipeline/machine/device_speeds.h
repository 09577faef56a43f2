// What this machine's devices can do, measured when a device is used first and remembered.
//
// The file is speeds.json in the user's cache folder (base/user_directories.h). Deleting it makes
// the program measure again; one that cannot be read or written is as good as none.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/device.h"
#include "runtime/speeds.h"

namespace acestep::pipeline {

/// Measured speeds by device. Two processes may use one file: the last to write wins.
class SpeedFile {
public:
    /// Blank: nothing is remembered.
    explicit SpeedFile(std::filesystem::path file) : file_(std::move(file)) {}

    std::optional<runtime::Speeds> find(const std::string& device) const;
    void remember(const std::string& device, const runtime::Speeds& speeds) const;

private:
    std::filesystem::path file_;
};

/// The file in the user's cache folder.
SpeedFile user_speed_file();

/// Everything that a processor's speed depends on, as the name under which it is remembered.
/// `threads` 0: as many as there are usable cores.
std::string processor_key(int threads, runtime::ProcessorKernels kernels);

/// What is known of `device`, else what `open`'s device is measured to have. Absent when it cannot
/// be measured now, as for lack of memory.
std::optional<runtime::Speeds> device_speeds(
    const SpeedFile& file, const std::string& device,
    const std::function<std::unique_ptr<runtime::Device>()>& open);

}  // namespace acestep::pipeline
