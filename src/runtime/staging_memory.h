// Memory of the host that a device copies from: pinned, where its driver has such, so that the
// device reads it by itself and at the full speed of the bus; ordinary memory elsewhere.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <ggml-cpp.h>

namespace acestep::runtime {

class Device;

class StagingMemory {
public:
    StagingMemory() = default;
    /// \throws Error{out_of_memory} naming `purpose` when the host has not got it.
    StagingMemory(Device& device, std::size_t bytes, std::string_view purpose);

    /// The next `bytes` of it. \throws Error{internal} when less is left.
    std::span<std::byte> take(std::size_t bytes);

private:
    ggml_backend_buffer_ptr buffer_;
    std::span<std::byte> rest_;
};

}  // namespace acestep::runtime
