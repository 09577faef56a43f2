// The weights of one network: declared by name and shape, loaded when needed, released afterwards.
//
// A network declares every tensor it uses while it is constructed (that checks names and shapes
// against the checkpoint before anything is allocated), then `load` brings them to a device in the
// planned types. Weights that are stored in the planned type stay where the file is mapped, so that
// the page cache holds them once and no copy is made; the others are converted into one buffer.
//
// A network may declare blocks: tensors that are used together, such as those of a layer, and that
// are needed in order. Where memory does not hold all of them they are streamed (weight_stream.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ggml-cpp.h>

#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "runtime/device.h"
#include "runtime/staging_memory.h"
#include "runtime/tensor_shape.h"
#include "runtime/weight_stream.h"
#include "runtime/weight_types.h"

namespace acestep::runtime {

class Graph;

/// How the matrices of a network are used, which decides the forms they may have on a processor.
enum class MatrixUse {
    products,      ///< by ggml's products only: they may be packed for oneDNN
    few_products,  ///< the same, most of them with few vectors, and once for a song
    any,           ///< also by operations that read them as they are stored
};

/// How long weights are on a device.
enum class Residency {
    resident,  ///< from the first use on
    swapped,   ///< for the stage that uses them
    streamed,  ///< for the stage, blocks only while they are computed with
};

/// Reads what has an index in a tensor's first dimension, as f32.
using ReadSlice = std::function<void(std::int64_t index, std::span<float> values)>;

/// Reads stored values while computed weights are made.
class WeightReader {
public:
    explicit WeightReader(const checkpoint::Checkpoint& checkpoint, std::string prefix)
        : checkpoint_(checkpoint), prefix_(std::move(prefix)) {}
    bool has(const std::string& name) const;
    /// f32, quantized types included. \throws Error{corrupt_file}
    Array read(const std::string& name, const Shape& shape) const;
    /// Without having all of it in f32 at once. \throws Error{corrupt_file}, Error{unsupported}
    ReadSlice slices(const std::string& name, const Shape& shape) const;

private:
    const checkpoint::Checkpoint& checkpoint_;
    std::string prefix_;
};

/// Takes numbers of a matrix: those of `row` from column `first` on. Threads call it at once.
using TakePiece =
    std::function<void(std::int64_t row, std::int64_t first, std::span<const float> values)>;

class WeightSet {
public:
    using Compute = std::function<std::vector<float>(const WeightReader&)>;

    /// `name` is the network's, for messages. `checkpoint` has to outlive the set. Tensors stored
    /// as "model.NAME" are found as NAME.
    WeightSet(std::string name, const checkpoint::Checkpoint& checkpoint, WeightPolicy policy,
              MatrixUse use = MatrixUse::any);

    // Declaration. \throws Error{corrupt_file} for what the checkpoint lacks or has otherwise.
    ggml_tensor* matrix(const std::string& name, const Shape& shape);
    ggml_tensor* sensitive_matrix(const std::string& name, const Shape& shape);
    ggml_tensor* exact(const std::string& name, const Shape& shape);
    ggml_tensor* table(const std::string& name, const Shape& shape);
    /// A tensor made from stored ones when loading: a permutation, a fold, a sum.
    ggml_tensor* computed(const std::string& name, const Shape& shape, WeightRole role,
                          Compute compute);
    /// The same of a large matrix `[rows, columns]`: in `parts` that are made by any thread and in
    /// any order, together every number once.
    using ComputePart =
        std::function<void(const WeightReader&, std::int64_t part, const TakePiece& take)>;
    ggml_tensor* computed_in_parts(const std::string& name, const Shape& shape, WeightRole role,
                                   std::int64_t parts, ComputePart compute);
    /// Checks that what a computed tensor will read is there.
    void require(const std::string& name, const Shape& shape) const { stored(name, shape); }
    bool has(const std::string& name) const { return reader_.has(name); }

    /// Tensors declared until `end_block` are the next block.
    void begin_block() { current_block_ = blocks_++; }
    void end_block() { current_block_.reset(); }
    std::size_t blocks() const { return blocks_; }

    /// Without blocks streamed is swapped. Weights that are loaded in another form are unloaded.
    void set_residency(Residency residency) {
        if ((residency == Residency::streamed) != (residency_ == Residency::streamed)) unload();
        residency_ = residency;
    }
    Residency residency() const { return residency_; }

    /// Does nothing when they are there already. \throws Error{out_of_memory}
    void load(Device& device);
    void unload();
    bool loaded() const { return device_ != nullptr; }
    bool loaded_on(const Device& device) const { return device_ == &device; }
    /// What `load` books on that device.
    std::int64_t bytes(Device& device) const;
    /// All declared weights in their planned types.
    std::int64_t bytes() const;

    // For the graph of a network with blocks. Both do nothing where blocks are not streamed.
    /// The graph's runs begin with the first block.
    void enter_blocks(Graph& graph) const;
    /// `node` is the last one that uses `block`: behind it the graph goes on with the next.
    void leave_block(Graph& graph, std::size_t block, ggml_tensor* node) const;

    /// Every declared tensor, for tests and reports.
    std::vector<ggml_tensor*> tensors() const;

private:
    struct Entry {
        ggml_tensor* tensor;
        const checkpoint::TensorView* stored;  ///< null for computed ones
        Compute compute;
        std::int64_t parts;  ///< 0: computed at once
        ComputePart compute_part;
        std::optional<std::size_t> block;
        bool multiplied;  ///< a matrix, and not read otherwise
        /// A streamed one in its planned type, if that is not stored.
        std::span<const std::byte> staged;
    };

    ggml_tensor* declare(const std::string& name, const Shape& shape, WeightRole role,
                         const checkpoint::TensorView* stored, Compute compute);
    const checkpoint::TensorView& stored(const std::string& name, const Shape& shape) const;
    std::string purpose() const { return "Loading the weights of " + name_; }
    /// Whether the file has it in its planned type.
    static bool is_stored_so(const Entry& entry);
    bool mappable(const Entry& entry) const;
    /// Whether the device has the bytes of the file, and whether where the file is mapped.
    bool as_stored(Device& device, const Entry& entry) const;
    bool mapped(Device& device, const Entry& entry) const;
    ggml_backend_buffer_type_t buffer_type(Device& device, const Entry& entry) const;
    /// What the entry takes in memory of that type.
    std::int64_t placed_bytes(Device& device, const Entry& entry) const;
    bool streams() const { return residency_ == Residency::streamed && blocks_ > 0; }
    /// Each of the two places that blocks pass through.
    std::int64_t place_bytes(Device& device) const;
    void place(Device& device);
    void imagine(Device& device);
    void map_files(Device& device);
    void place_blocks(Device& device);
    void place_rest(Device& device);
    void place_together(Device& device, ggml_backend_buffer_type_t type,
                        std::span<const Entry* const> entries);
    void add_buffer(Device& device, ggml_backend_buffer_type_t type, std::int64_t size);
    void put(Device& device, const Entry& entry, ggml_backend_buffer_t buffer, std::int64_t offset);
    void fill_fixed(Device& device);
    /// The entry in its planned type, some rows at a time.
    void give_bytes(const Entry& entry, int threads,
                    const std::function<void(std::span<const std::byte>)>& take) const;
    void fill(const Entry& entry, int threads, std::vector<std::byte>& room) const;
    void fill_rows(const Entry& entry, std::vector<std::byte>& room) const;
    void fill_parts(const Entry& entry, int threads) const;
    std::vector<std::byte> made_of_parts(const Entry& entry, int threads) const;
    /// Has all parts made.
    void make_parts(const Entry& entry, int threads, const TakePiece& take) const;
    bool is_staged(const Entry& entry) const;
    /// Keeps what `bring` would otherwise have to convert every time.
    void stage(Entry& entry, int threads);
    void bring(std::size_t block) const;

    std::string name_;
    const checkpoint::Checkpoint& checkpoint_;
    WeightPolicy policy_;
    MatrixUse use_;
    std::string prefix_;
    WeightReader reader_;
    ggml_context_ptr context_;
    std::vector<Entry> entries_;
    std::vector<ggml_backend_buffer_ptr> buffers_;
    StagingMemory staging_;
    MemoryLease lease_;
    const Device* device_ = nullptr;  ///< where they are loaded
    std::size_t blocks_ = 0;
    std::optional<std::size_t> current_block_;
    Residency residency_ = Residency::swapped;
    std::unique_ptr<WeightStream> stream_;
};

}  // namespace acestep::runtime
