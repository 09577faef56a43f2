#include "runtime/device.h"

#include <utility>

#include <fmt/format.h>
#include <ggml-cpu.h>

#include "acestep/error.h"
#include "hardware/cpu.h"
#include "onednn/backend.h"
#include "runtime/backend_modules.h"
#include "runtime/device_list.h"
#include "runtime/ggml_messages.h"

namespace acestep::runtime {
namespace {

bool abort_requested(void* device) {
    return static_cast<Device*>(device)->cancelled();
}

ggml_backend_ptr new_ggml_processor(int threads) {
    ggml_backend_ptr backend(ggml_backend_cpu_init());
    if (!backend)
        throw Error(ErrorCode::internal, "The processor's compute backend did not start.");
    ggml_backend_cpu_set_n_threads(backend.get(), threads);
    return backend;
}

ggml_backend_ptr new_accelerator(const ListedDevice& listed) {
    std::string reason;
    try {
        ggml_backend_ptr backend(ggml_backend_dev_init(listed.handle, nullptr));
        if (backend) return backend;
        reason = "its driver refused it";
    } catch (const std::exception& failure) {
        reason = failure.what();
    }
    throw Error(
        ErrorCode::unavailable,
        fmt::format("Device {} ({}) did not start: {}.", listed.id, listed.description, reason),
        "Choose another device, or look for a newer driver.");
}

/// llvmpipe, at least of Mesa 22.3, looks at every slot of a descriptor set, also at those that a
/// shader does not have, and so at buffers of ended graphs. The sets live as long as ggml's
/// backend.
bool is_mesa_software(const ListedDevice& listed) {
    return listed.backend == "vulkan" && listed.description.starts_with("llvmpipe");
}

/// f16 when the device has fused attention with them. A device that is a processor gains nothing by
/// it.
ggml_type attention_type_of(ggml_backend_dev_t device) {
    constexpr std::int64_t head_dim = 128, rows = 64;
    const ggml_context_ptr context(
        ggml_init({.mem_size = 16 * ggml_tensor_overhead(), .mem_buffer = {}, .no_alloc = true}));
    ggml_context* ctx = context.get();
    ggml_tensor* q = ggml_new_tensor_3d(ctx, GGML_TYPE_F32, head_dim, rows, 1);
    ggml_tensor* k = ggml_new_tensor_3d(ctx, GGML_TYPE_F16, head_dim, rows, 1);
    ggml_tensor* mask = ggml_new_tensor_3d(ctx, GGML_TYPE_F16, rows, rows, 1);
    const ggml_tensor* attended = ggml_flash_attn_ext(ctx, q, k, k, mask, 1.0f, 0.0f, 0.0f);
    return ggml_backend_dev_supports_op(device, attended) ? GGML_TYPE_F16 : GGML_TYPE_F32;
}

}  // namespace

std::unique_ptr<Device> Device::cpu(int threads, std::int64_t memory_limit_bytes,
                                    ProcessorKernels kernels) {
    take_over_messages();
    if (threads <= 0) threads = hardware::usable_cores();
    const bool own = kernels == ProcessorKernels::own;
    std::unique_ptr<Device> device(new Device(
        "the processor", own ? onednn::new_backend(threads) : new_ggml_processor(threads), threads,
        memory_limit_bytes));
    device->kernels_ = kernels;
    if (own)
        onednn::set_abort_callback(device->backend(), abort_requested, device.get());
    else
        ggml_backend_cpu_set_abort_callback(device->backend(), abort_requested, device.get());
    return device;
}

std::unique_ptr<Device> Device::accelerator(const ListedDevice& listed, int threads,
                                            std::int64_t memory_limit_bytes) {
    if (threads <= 0) threads = hardware::usable_cores();
    std::unique_ptr<Device> device(new Device(fmt::format("{} ({})", listed.id, listed.description),
                                              new_accelerator(listed), threads,
                                              memory_limit_bytes));
    device->is_processor_ = false;
    device->renews_backend_ = is_mesa_software(listed);
    if (!is_mesa_software(listed)) device->attention_type_ = attention_type_of(listed.handle);
    device->host_ = onednn::new_backend(threads);
    onednn::set_abort_callback(device->host_backend(), abort_requested, device.get());
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
      host_memory_("the processor"),
      backend_(std::move(backend)),
      threads_(threads) {}

ggml_backend_buffer_type_t Device::buffer_type() {
    return ggml_backend_get_default_buffer_type(backend_.get());
}

ggml_backend_buffer_type_t Device::matrix_buffer_type(const ggml_tensor* matrix) {
    // f32 gains nothing by it that would be worth the copy.
    const bool packed = has_own_kernels() && matrix->type != GGML_TYPE_F32 && onednn::packs(matrix);
    return packed ? onednn::packed_buffer_type() : buffer_type();
}

ggml_backend_buffer_type_t Device::staging_buffer_type() {
    ggml_backend_buffer_type_t pinned =
        ggml_backend_dev_host_buffer_type(ggml_backend_get_device(backend_.get()));
    return pinned ? pinned : ggml_backend_cpu_buffer_type();
}

bool Device::computes_with_onednn() const {
    return onednn::is_onednn(backend_.get());
}

ggml_type Device::attention_type(ggml_type weights) const {
    const bool rounded =
        computes_with_onednn() && weights != GGML_TYPE_F32 && onednn::attends_in_bf16();
    return rounded ? GGML_TYPE_BF16 : attention_type_;
}

std::shared_ptr<ggml_backend> Device::backend_for_graph() {
    if (!renews_backend_ || rehearses_) return backend_;
    ggml_backend_ptr backend(
        ggml_backend_dev_init(ggml_backend_get_device(backend_.get()), nullptr));
    return backend ? std::shared_ptr<ggml_backend>(std::move(backend)) : backend_;
}

processor::ThreadPool& Device::pool() {
    if (!pool_) pool_ = std::make_unique<processor::ThreadPool>(threads_);
    return *pool_;
}

std::string processor_engine() {
    const std::string library = onednn::library_name();
    return onednn::instructions() + (library.empty() ? "" : ", " + library);
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
