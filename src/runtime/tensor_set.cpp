#include "runtime/tensor_set.h"

#include <cassert>
#include <utility>

#include <ggml-alloc.h>

namespace acestep::runtime {
namespace {

/// Bytes a context's tensors take in a buffer of that type, alignment included.
std::int64_t allocation_bytes(ggml_context* context, ggml_backend_buffer_type_t type) {
    const std::size_t alignment = ggml_backend_buft_get_alignment(type);
    std::size_t total = 0;
    for (ggml_tensor* tensor = ggml_get_first_tensor(context); tensor;
         tensor = ggml_get_next_tensor(context, tensor)) {
        if (tensor->data || tensor->view_src) continue;
        total += GGML_PAD(ggml_backend_buft_get_alloc_size(type, tensor), alignment);
    }
    return static_cast<std::int64_t>(total);
}

}  // namespace

ggml_context_ptr description_context(std::size_t max_tensors) {
    ggml_init_params parameters{};
    parameters.mem_size = (max_tensors + 1) * ggml_tensor_overhead();
    parameters.no_alloc = true;
    return ggml_context_ptr(ggml_init(parameters));
}

TensorSet::TensorSet(Device& device, std::string purpose, std::size_t max_tensors)
    : device_(device), purpose_(std::move(purpose)), context_(description_context(max_tensors)) {}

ggml_tensor* TensorSet::add(ggml_type type, const Shape& shape) {
    return new_tensor(context_.get(), type, shape);
}

void TensorSet::allocate() {
    const std::int64_t bytes = allocation_bytes(context_.get(), device_.buffer_type());
    lease_ = device_.memory().book(bytes, purpose_);
    if (device_.rehearses()) {
        buffer_ = imaginary_buffer(device_.buffer_type());
        for (ggml_tensor* tensor = ggml_get_first_tensor(context_.get()); tensor;
             tensor = ggml_get_next_tensor(context_.get(), tensor)) {
            place_in_imaginary_buffer(tensor, buffer_.get());
        }
        return;
    }
    buffer_.reset(ggml_backend_alloc_ctx_tensors_from_buft(context_.get(), device_.buffer_type()));
    if (!buffer_ && bytes > 0) throw_out_of_memory(device_.name(), bytes, purpose_);
}

void TensorSet::clear() {
    if (buffer_ && !device_.rehearses()) ggml_backend_buffer_clear(buffer_.get(), 0);
}

void TensorSet::write(ggml_tensor* tensor, std::span<const float> values) {
    assert(tensor->type == GGML_TYPE_F32 && values.size_bytes() == ggml_nbytes(tensor));
    ggml_backend_tensor_set(tensor, values.data(), 0, values.size_bytes());
}

Array TensorSet::read(const ggml_tensor* tensor, const Shape& shape) {
    Array result(shape);
    assert(tensor->type == GGML_TYPE_F32 &&
           std::span(result.values).size_bytes() == ggml_nbytes(tensor));
    ggml_backend_tensor_get(tensor, result.values.data(), 0, ggml_nbytes(tensor));
    return result;
}

}  // namespace acestep::runtime
