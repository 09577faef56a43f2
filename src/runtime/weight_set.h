// The weights of one network: declared by name and shape, loaded when needed, released afterwards.
//
// A network declares every tensor it uses while it is constructed (that checks names and shapes
// against the checkpoint before anything is allocated), then `load` brings them to a device in the
// planned types. Weights that are stored in the planned type stay where the file is mapped, so that
// the page cache holds them once and no copy is made; the others are converted into one buffer.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <ggml-cpp.h>

#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "runtime/device.h"
#include "runtime/tensor_shape.h"

namespace acestep::runtime {

/// How a tensor is used, which decides the types it may have.
enum class WeightRole {
    matrix,  ///< multiplied with activations: takes the policy's type
    exact,   ///< norms, biases, tables added or multiplied elementwise: always f32
    table,   ///< rows are looked up: kept as stored
};

/// The type of matrices. The 16-bit ones keep quantized matrices of a GGUF as they are; `f32`
/// widens all. bf16 has the range of f32, which the residual streams of transformers need (spec
/// dit.md 11.3); f16 has three bits more, which the autoencoder's sines need.
/// `q8_0` halves what has to be read, where a row is a multiple of its blocks of 32; other rows are
/// bf16.
enum class WeightPolicy { f32, bf16, f16, q8_0 };

/// Reads stored values while computed weights are made.
class WeightReader {
public:
    explicit WeightReader(const checkpoint::Checkpoint& checkpoint, std::string prefix)
        : checkpoint_(checkpoint), prefix_(std::move(prefix)) {}
    bool has(const std::string& name) const;
    /// f32, quantized types included. \throws Error{corrupt_file}
    Array read(const std::string& name, const Shape& shape) const;

private:
    const checkpoint::Checkpoint& checkpoint_;
    std::string prefix_;
};

class WeightSet {
public:
    using Compute = std::function<std::vector<float>(const WeightReader&)>;

    /// `name` is the network's, for messages. `checkpoint` has to outlive the set. Tensors stored
    /// as "model.NAME" are found as NAME.
    WeightSet(std::string name, const checkpoint::Checkpoint& checkpoint, WeightPolicy policy);

    // Declaration. \throws Error{corrupt_file} for what the checkpoint lacks or has otherwise.
    ggml_tensor* matrix(const std::string& name, const Shape& shape);
    ggml_tensor* exact(const std::string& name, const Shape& shape);
    ggml_tensor* table(const std::string& name, const Shape& shape);
    /// A tensor made from stored ones when loading: a permutation, a fold, a sum.
    ggml_tensor* computed(const std::string& name, const Shape& shape, WeightRole role,
                          Compute compute);
    /// Checks that what a computed tensor will read is there.
    void require(const std::string& name, const Shape& shape) const { stored(name, shape); }
    bool has(const std::string& name) const { return reader_.has(name); }

    /// Does nothing when loaded already. \throws Error{out_of_memory}
    void load(Device& device);
    void unload();
    bool loaded() const { return loaded_; }
    /// All declared weights in their planned types.
    std::int64_t bytes() const;

    /// Every declared tensor, for tests and reports.
    std::vector<ggml_tensor*> tensors() const;

private:
    struct Entry {
        ggml_tensor* tensor;
        const checkpoint::TensorView* stored;  ///< null for computed ones
        Compute compute;
    };

    ggml_tensor* declare(const std::string& name, const Shape& shape, WeightRole role,
                         const checkpoint::TensorView* stored, Compute compute);
    const checkpoint::TensorView& stored(const std::string& name, const Shape& shape) const;
    ggml_type planned_type(WeightRole role, const checkpoint::TensorView* stored,
                           const Shape& shape) const;
    bool mappable(const Entry& entry) const;
    void map_files(Device& device);
    void fill(const Entry& entry) const;

    std::string name_;
    const checkpoint::Checkpoint& checkpoint_;
    WeightPolicy policy_;
    std::string prefix_;
    WeightReader reader_;
    ggml_context_ptr context_;
    std::vector<Entry> entries_;
    std::vector<ggml_backend_buffer_ptr> buffers_;
    MemoryLease lease_;
    bool loaded_ = false;
};

}  // namespace acestep::runtime
