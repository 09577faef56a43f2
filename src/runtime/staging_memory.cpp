#include "runtime/staging_memory.h"

#include <ggml-backend.h>

#include "acestep/error.h"
#include "runtime/device.h"

namespace acestep::runtime {

StagingMemory::StagingMemory(Device& device, std::size_t bytes, std::string_view purpose)
    : buffer_(ggml_backend_buft_alloc_buffer(device.staging_buffer_type(), bytes)) {
    if (!buffer_) throw_out_of_memory("the processor", static_cast<std::int64_t>(bytes), purpose);
    rest_ = {static_cast<std::byte*>(ggml_backend_buffer_get_base(buffer_.get())), bytes};
}

std::span<std::byte> StagingMemory::take(std::size_t bytes) {
    if (bytes > rest_.size())
        throw Error(ErrorCode::internal, "More weights are staged than were counted.");
    const std::span<std::byte> piece = rest_.first(bytes);
    rest_ = rest_.subspan(bytes);
    return piece;
}

}  // namespace acestep::runtime
