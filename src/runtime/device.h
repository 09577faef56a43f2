// A compute device: a ggml backend, its memory ledger, and what it prefers.
//
// A graphics card comes with the processor beside it: operations that the card's backend lacks run
// there, and inputs wait there, in memory that has a ledger of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ggml-backend.h>
#include <ggml-cpp.h>

#include "acestep/progress.h"
#include "processor/thread_pool.h"
#include "runtime/memory_budget.h"
#include "runtime/speeds.h"

namespace acestep::runtime {

struct ListedDevice;

/// What computes on a processor.
enum class ProcessorKernels {
    own,   ///< ours where we have one, else ggml's
    ggml,  ///< ggml's alone, to compare with
};

class Device {
public:
    /// The processor. `threads` 0: as many as there are usable cores. `memory_limit_bytes` 0: none.
    static std::unique_ptr<Device> cpu(int threads = 0, std::int64_t memory_limit_bytes = 0,
                                       ProcessorKernels kernels = ProcessorKernels::own);
    /// A device of a GPU backend (device_list.h). `threads` are the processor's.
    /// \throws Error{unavailable} when the driver refuses it.
    static std::unique_ptr<Device> accelerator(const ListedDevice& listed, int threads = 0,
                                               std::int64_t memory_limit_bytes = 0);
    /// A device with memory of its own, played by the processor: everything that a real one makes
    /// different (copies of weights, streaming, refusals) happens, at the processor's speed.
    static std::unique_ptr<Device> simulated(std::string name, int threads,
                                             std::int64_t memory_limit_bytes);

    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    const std::string& name() const { return name_; }
    int threads() const { return threads_; }
    MemoryBudget& memory() { return memory_; }
    /// Of what a graph keeps on the processor's side of an accelerator; elsewhere that of `memory`.
    MemoryBudget& host_memory() { return host_ ? host_memory_ : memory_; }

    ggml_backend_t backend() { return backend_.get(); }
    /// The backend that a graph computes with, for as long as the graph lives. It is the one above
    /// but for Mesa's software device, where every graph gets its own.
    std::shared_ptr<ggml_backend> backend_for_graph();
    /// The processor beside an accelerator, else null.
    ggml_backend_t host_backend() { return host_.get(); }
    ggml_backend_buffer_type_t buffer_type();
    /// Of a matrix that is only multiplied by: memory in which it is packed, where that gains
    /// enough, else the usual one.
    ggml_backend_buffer_type_t matrix_buffer_type(const ggml_tensor* matrix);
    /// Of the host's memory that the device copies from.
    ggml_backend_buffer_type_t staging_buffer_type();
    /// The device is the processor: its memory is the host's, so weights may stay where a file is
    /// mapped, and operations of our own may be part of a graph.
    bool is_processor() const { return is_processor_; }
    /// A processor whose products, convolutions and attention are ours (src/onednn, src/processor).
    bool has_own_kernels() const { return is_processor_ && kernels_ == ProcessorKernels::own; }
    /// Graphs are computed by our backend (src/onednn), on a simulated device too.
    bool computes_with_onednn() const;
    /// Type of keys and values in fused attention of a network with weights of type `weights`. On a
    /// processor f32, since ggml's kernel would otherwise accumulate in f16 and drift over layers
    /// and steps (spec dit.md 11.3), or bf16 where it multiplies that and the weights are rounded
    /// anyway; f16 on an accelerator whose fused attention takes them.
    ggml_type attention_type(ggml_type weights) const;

    /// The threads of our own kernels, for operations of a graph on the processor; as many as
    /// `threads`. Started at the first call.
    processor::ThreadPool& pool();

    /// From now on everything is booked and nothing is allocated or computed: what reads a result
    /// gets zeros. The same code that makes a song then says what memory it takes.
    void rehearse() { rehearses_ = true; }
    bool rehearses() const { return rehearses_; }

    /// How fast the device is said to be, and what all work so far takes at those speeds, rehearsed
    /// or done.
    void set_speeds(Speeds speeds) { speeds_ = std::move(speeds); }
    const Speeds& speeds() const { return speeds_; }
    const Work& work() const { return work_; }
    void add_work(const Work& work) { work_ += work; }

    /// While set, a running graph stops soon after the token is cancelled. Null: never.
    void set_cancel(const CancelToken* cancel) { cancel_ = cancel; }
    bool cancelled() const { return cancel_ && cancel_->cancelled(); }

private:
    Device(std::string name, ggml_backend_ptr backend, int threads, std::int64_t limit);

    std::string name_;
    MemoryBudget memory_;
    MemoryBudget host_memory_;
    std::shared_ptr<ggml_backend> backend_;
    bool renews_backend_ = false;
    ggml_backend_ptr host_;
    int threads_;
    bool is_processor_ = true;
    ProcessorKernels kernels_ = ProcessorKernels::own;
    bool rehearses_ = false;
    Speeds speeds_;
    Work work_;
    ggml_type attention_type_ = GGML_TYPE_F32;
    const CancelToken* cancel_ = nullptr;
    std::unique_ptr<processor::ThreadPool> pool_;
};

/// What computes on a processor beside ggml: the instructions that our kernels use, then "oneDNN
/// 2.6" where the build has it. Two processors of one name may differ in what they allow.
std::string processor_engine();

/// A buffer without memory, for tensors whose contents nobody will read: graphs that use them can
/// be planned. Every tensor in it is at the same made-up address.
ggml_backend_buffer_ptr imaginary_buffer(ggml_backend_buffer_type_t type);
void place_in_imaginary_buffer(ggml_tensor* tensor, ggml_backend_buffer_t buffer);

/// Buffers of constant data in host memory that already exists, such as a mapped file.
ggml_backend_buffer_ptr wrap_host_memory(void* begin, std::size_t bytes);

}  // namespace acestep::runtime
