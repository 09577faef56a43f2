// Tensors that outlive a graph run: what one run computes and later runs read, such as the keys and
// values of a conditioning that all sampler steps share.
#pragma once

#include <span>
#include <string>

#include <ggml-cpp.h>

#include "base/array.h"
#include "runtime/device.h"
#include "runtime/tensor_shape.h"

namespace acestep::runtime {

/// Declare tensors with `add`, then `allocate` once.
class TensorSet {
public:
    TensorSet(Device& device, std::string purpose, std::size_t max_tensors);

    ggml_tensor* add(ggml_type type, const Shape& shape);
    /// \throws Error{out_of_memory}
    void allocate();
    /// All zeros, after `allocate`.
    void clear();

    /// Whole tensors of f32. `values.size()` must fit.
    static void write(ggml_tensor* tensor, std::span<const float> values);
    static Array read(const ggml_tensor* tensor, const Shape& shape);

private:
    Device& device_;
    std::string purpose_;
    ggml_context_ptr context_;
    ggml_backend_buffer_ptr buffer_;
    MemoryLease lease_;
};

/// A context that holds only descriptions of up to `max_tensors` tensors.
ggml_context_ptr description_context(std::size_t max_tensors);

}  // namespace acestep::runtime
