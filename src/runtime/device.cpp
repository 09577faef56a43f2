#include "runtime/device.h"

#include <utility>

#include <ggml-cpu.h>

#include "acestep/error.h"
#include "hardware/cpu.h"

namespace acestep::runtime {
namespace {

/// ggml writes its remarks to stderr unless told otherwise; a library must not.
void silence_ggml() {
    static const bool done = [] {
        ggml_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
        return true;
    }();
    (void)done;
}

bool abort_requested(void* device) {
    return static_cast<Device*>(device)->cancelled();
}

}  // namespace

std::unique_ptr<Device> Device::cpu(int threads, std::int64_t memory_limit_bytes) {
    silence_ggml();
    if (threads <= 0) threads = hardware::usable_cores();
    ggml_backend_ptr backend(ggml_backend_cpu_init());
    if (!backend)
        throw Error(ErrorCode::internal, "The processor's compute backend did not start.");
    ggml_backend_cpu_set_n_threads(backend.get(), threads);
    std::unique_ptr<Device> device(
        new Device("the processor", std::move(backend), threads, memory_limit_bytes));
    ggml_backend_cpu_set_abort_callback(device->backend(), abort_requested, device.get());
    return device;
}

std::unique_ptr<Device> Device::simulated(std::string name, int threads,
                                          std::int64_t memory_limit_bytes) {
    std::unique_ptr<Device> device = cpu(threads);
    device->name_ = std::move(name);
    device->memory_ = MemoryBudget(device->name_, memory_limit_bytes);
    device->is_processor_ = false;
    return device;
}

Device::Device(std::string name, ggml_backend_ptr backend, int threads, std::int64_t limit)
    : name_(std::move(name)),
      memory_(name_, limit),
      backend_(std::move(backend)),
      threads_(threads) {}

ggml_backend_buffer_type_t Device::buffer_type() {
    return ggml_backend_get_default_buffer_type(backend_.get());
}

processor::ThreadPool& Device::pool() {
    if (!pool_) pool_ = std::make_unique<processor::ThreadPool>(threads_);
    return *pool_;
}

ggml_backend_buffer_ptr imaginary_buffer(ggml_backend_buffer_type_t type) {
    return ggml_backend_buffer_ptr(ggml_backend_buft_alloc_buffer(type, 0));
}

void place_in_imaginary_buffer(ggml_tensor* tensor, ggml_backend_buffer_t buffer) {
    constexpr std::uintptr_t anywhere = 1 << 16;
    tensor->buffer = buffer;
    tensor->data = reinterpret_cast<void*>(anywhere);
}

ggml_backend_buffer_ptr wrap_host_memory(void* begin, std::size_t bytes) {
    return ggml_backend_buffer_ptr(ggml_backend_cpu_buffer_from_ptr(begin, bytes));
}

}  // namespace acestep::runtime
