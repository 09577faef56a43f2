// A compute device: a ggml backend, its memory ledger, and what it prefers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ggml-backend.h>
#include <ggml-cpp.h>

#include "acestep/progress.h"
#include "processor/thread_pool.h"
#include "runtime/memory_budget.h"

namespace acestep::runtime {

class Device {
public:
    /// The processor. `threads` 0: as many as there are usable cores. `memory_limit_bytes` 0: none.
    static std::unique_ptr<Device> cpu(int threads = 0, std::int64_t memory_limit_bytes = 0);

    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    const std::string& name() const { return name_; }
    int threads() const { return threads_; }
    MemoryBudget& memory() { return memory_; }

    ggml_backend_t backend() { return backend_.get(); }
    ggml_backend_buffer_type_t buffer_type();
    /// The device is the processor: its memory is the host's, so weights may stay where a file is
    /// mapped, and operations of our own may be part of a graph.
    bool is_processor() const { return is_processor_; }
    /// Type of keys and values in fused attention. f32 on a processor, whose kernel would otherwise
    /// accumulate in f16 and drift over layers and steps (spec dit.md 11.3).
    ggml_type attention_type() const { return attention_type_; }

    /// The threads of our own kernels, for operations of a graph on the processor; as many as
    /// `threads`. Started at the first call.
    processor::ThreadPool& pool();

    /// While set, a running graph stops soon after the token is cancelled. Null: never.
    void set_cancel(const CancelToken* cancel) { cancel_ = cancel; }
    bool cancelled() const { return cancel_ && cancel_->cancelled(); }

private:
    Device(std::string name, ggml_backend_ptr backend, int threads, std::int64_t limit);

    std::string name_;
    MemoryBudget memory_;
    ggml_backend_ptr backend_;
    int threads_;
    bool is_processor_ = true;
    ggml_type attention_type_ = GGML_TYPE_F32;
    const CancelToken* cancel_ = nullptr;
    std::unique_ptr<processor::ThreadPool> pool_;
};

/// Buffers of constant data in host memory that already exists, such as a mapped file.
ggml_backend_buffer_ptr wrap_host_memory(void* begin, std::size_t bytes);

}  // namespace acestep::runtime
