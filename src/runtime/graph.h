// One graph: built once for its shapes, run as often as needed.
//
//     Graph graph(device, "one step of the diffusion transformer");
//     ggml_tensor* x = graph.input(GGML_TYPE_F32, {frames, channels});
//     ggml_tensor* y = graph.output(build(graph, x));
//     graph.allocate();                     // \throws Error{out_of_memory}
//     graph.set(x, values);  graph.run();  Array result = graph.get(y, {frames, channels});
//
// Inputs share the memory of activations, so all of them have to be set before every run; constants
// (positions, masks) are set by the graph itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ggml-cpp.h>

#include "base/array.h"
#include "runtime/device.h"
#include "runtime/tensor_shape.h"

namespace acestep::runtime {

class Graph {
public:
    /// `purpose` names the work in messages. `max_nodes` bounds the operations.
    Graph(Device& device, std::string purpose, std::size_t max_nodes = 8192);

    Device& device() { return device_; }
    ggml_context* context() { return context_.get(); }

    /// For graphs of few vectors on the processor: products and cached attention become operations
    /// of our own that share their work out to the device's pool, and the small operations between
    /// them run on the calling thread, since meeting at a barrier would cost more than they do.
    void use_pool() { uses_pool_ = true; }
    bool uses_pool() const { return uses_pool_; }

    /// The type of the weights of the network that the graph computes; f32 unless it is said.
    void set_weight_type(ggml_type type) { weight_type_ = type; }
    /// What keys and values of its attention are kept in.
    ggml_type attention_type() const { return device_.attention_type(weight_type_); }

    // While building.
    ggml_tensor* input(ggml_type type, const Shape& shape);
    ggml_tensor* constant(const Shape& shape, std::vector<float> values);         ///< f32
    ggml_tensor* constant(const Shape& shape, std::vector<std::int32_t> values);  ///< i32
    /// f16, as masks of fused attention have to be; 0 or −infinity.
    /// Layers that ask with the same `key` share one tensor.
    using MaskKey = std::pair<std::int64_t, std::int64_t>;
    ggml_tensor* shared_mask(const Shape& shape, MaskKey key,
                             const std::function<std::vector<float>()>& make_values);
    /// Positions 0 … length−1 for rotary embeddings, one tensor per length and graph.
    ggml_tensor* positions(std::int64_t length);
    /// What is made from `source` once and used by several parts of the graph: null until one of
    /// them has made it.
    ggml_tensor*& made_from(const ggml_tensor* source) { return made_from_[source]; }
    /// A view whose rows share memory: a window that slides over `source` without a copy. `strides`
    /// are in bytes, one per dimension of `shape` and in the same order. On an accelerator, whose
    /// products would copy it anyway, it is a copy; `source` has to be contiguous there.
    ggml_tensor* sliding_view(ggml_tensor* source, const Shape& shape,
                              const std::vector<std::size_t>& strides);
    /// weight · x, summed in f32.
    ggml_tensor* product(ggml_tensor* weight, ggml_tensor* x) const;
    /// Marks a result; returns it, made contiguous.
    ggml_tensor* output(ggml_tensor* tensor);
    /// Makes sure that `tensor` is computed, for its effect on memory that outlives the graph.
    void require(ggml_tensor* tensor) { expand(tensor); }
    /// A result written into a tensor of a TensorSet; returns the node that does it.
    ggml_tensor* store(ggml_tensor* value, ggml_tensor* destination);
    /// So much is brought to the device during every run; a rehearsal's time depends on it.
    void count_streamed(std::int64_t bytes) { streamed_bytes_ += bytes; }
    /// `hook` is called in every run, on its thread, before anything is computed.
    void before_run(std::function<void()> hook) { before_run_.push_back(std::move(hook)); }
    /// `hook` is called in every run when `node` and all that was built before it is computed, and
    /// nothing that is built afterwards.
    void after(ggml_tensor* node, std::function<void()> hook);

    /// Bytes the run needs on the device, found by planning the allocation without doing it.
    std::int64_t measure() { return needs().device; }
    /// The memory of a graph that is not run any more becomes that of this one, as far as it is
    /// large enough. To be called before `allocate`.
    void take_memory_of(Graph& former);
    /// \throws Error{out_of_memory}
    void allocate();

    /// Into an input of f32, or of f16 (rounded).
    void set(ggml_tensor* input, std::span<const float> values);
    void set(ggml_tensor* input, std::span<const std::int32_t> values);
    void set(ggml_tensor* input, std::span<const std::int64_t> values);
    /// \throws Error{cancelled}, Error{out_of_memory}
    void run();
    Array get(const ggml_tensor* output, const Shape& shape) const;
    /// Rows `first` … `first + count` − 1 of an f32 output; in a rehearsal none.
    std::vector<float> get_rows(const ggml_tensor* output, std::int64_t first,
                                std::int64_t count) const;
    /// Row `index` of an f32 output whose rows are as long as `values`.
    void get_row(const ggml_tensor* output, std::int64_t index, std::span<float> values) const;

private:
    struct Needs {
        std::int64_t device = 0;
        std::int64_t host = 0;  ///< on the processor's side of an accelerator
    };
    Needs needs();
    ggml_backend_sched_ptr new_scheduler();
    void book(const Needs& needed);
    ggml_tensor* for_windows(ggml_tensor* source, const ggml_tensor& windows);
    ggml_status compute();
    bool stops_at(const ggml_tensor* node);
    void expand(ggml_tensor* tensor);
    static bool observe(ggml_tensor* node, bool asks, void* graph);
    ggml_tensor* constant_bytes(ggml_type type, const Shape& shape, std::vector<std::byte> bytes);

    Device& device_;
    std::shared_ptr<ggml_backend> backend_;
    std::string purpose_;
    ggml_context_ptr context_;
    ggml_cgraph* graph_;
    bool uses_pool_ = false;
    ggml_type weight_type_ = GGML_TYPE_F32;
    ggml_backend_sched_ptr scheduler_;
    std::size_t scheduled_tensors_ = 0;  ///< that it has room for
    MemoryLease lease_;
    MemoryLease host_lease_;
    int asked_ = 0;  ///< nodes of the running graph so far
    std::vector<std::pair<ggml_tensor*, std::vector<std::byte>>> constants_;
    std::vector<std::function<void()>> before_run_;
    std::map<const ggml_tensor*, std::function<void()>> after_;
    std::exception_ptr hook_failure_;
    std::int64_t streamed_bytes_ = 0;
    Work work_;  ///< of a run
    std::map<std::int64_t, ggml_tensor*> positions_;
    std::map<MaskKey, ggml_tensor*> masks_;
    std::map<const ggml_tensor*, ggml_tensor*> made_from_;
};

}  // namespace acestep::runtime
