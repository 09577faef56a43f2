// Backend and device as ggml's tables of functions (backend.h).
#include "onednn/backend.h"

#include <cstring>

#include <ggml-backend-impl.h>
#include <ggml-cpu.h>

#include "acestep/error.h"
#include "onednn/graph_run.h"
#include "onednn/kernels/kernels.h"
#include "onednn/operations.h"

namespace acestep::onednn {
namespace {

constexpr const char* backend_name = "OneDNN";

ggml_backend_dev_t processor() {
    return ggml_backend_reg_dev_get(ggml_backend_cpu_reg(), 0);
}

Engine& engine_of(ggml_backend_t backend) {
    return *static_cast<Engine*>(backend->context);
}

// The backend.

const char* get_name(ggml_backend_t) {
    return backend_name;
}

void free_backend(ggml_backend_t backend) {
    delete &engine_of(backend);
    delete backend;
}

ggml_status graph_compute(ggml_backend_t backend, ggml_cgraph* graph) {
    return compute(engine_of(backend), graph);
}

ggml_guid_t guid() {
    static ggml_guid bytes = {0x3d, 0x8e, 0x51, 0x07, 0xc2, 0x6b, 0x4f, 0x9a,
                              0x95, 0x10, 0xe4, 0x7a, 0x2c, 0xd8, 0x66, 0xb3};
    return &bytes;
}

ggml_backend_i backend_functions() {
    ggml_backend_i functions{};
    functions.get_name = get_name;
    functions.free = free_backend;
    functions.graph_compute = graph_compute;
    return functions;
}

/// Null when ggml's processor backend does not start.
ggml_backend_t init_backend(ggml_backend_dev_t device, const char*) {
    ggml_backend_ptr others(ggml_backend_cpu_init());
    if (!others) return nullptr;
    auto* engine = new Engine;
    engine->others = std::move(others);
    ggml_backend_t backend = new ggml_backend{
        .guid = guid(), .iface = backend_functions(), .device = device, .context = engine};
    set_threads(backend, GGML_DEFAULT_N_THREADS);
    return backend;
}

// The device.

const char* device_name(ggml_backend_dev_t) {
    return backend_name;
}

const char* device_description(ggml_backend_dev_t) {
    return ggml_backend_dev_description(processor());
}

void device_memory(ggml_backend_dev_t, std::size_t* free, std::size_t* total) {
    ggml_backend_dev_memory(processor(), free, total);
}

enum ggml_backend_dev_type device_type(ggml_backend_dev_t) {
    return GGML_BACKEND_DEVICE_TYPE_CPU;
}

void device_properties(ggml_backend_dev_t, ggml_backend_dev_props* properties) {
    ggml_backend_dev_get_props(processor(), properties);
    properties->name = backend_name;
}

ggml_backend_buffer_type_t device_buffer_type(ggml_backend_dev_t) {
    return ggml_backend_cpu_buffer_type();
}

ggml_backend_buffer_t buffer_from_host_ptr(ggml_backend_dev_t, void* memory, std::size_t size,
                                           std::size_t) {
    return ggml_backend_cpu_buffer_from_ptr(memory, size);
}

bool supports_op(ggml_backend_dev_t, const ggml_tensor* node) {
    if (is_own(node)) return true;
    for (const ggml_tensor* source : node->src)
        if (source && is_packed(source) && packs(source)) return false;
    return ggml_backend_dev_supports_op(processor(), node);
}

bool supports_buft(ggml_backend_dev_t, ggml_backend_buffer_type_t type) {
    return ggml_backend_buft_is_host(type) || type == packed_buffer_type();
}

ggml_backend_device_i device_functions() {
    ggml_backend_device_i functions{};
    functions.get_name = device_name;
    functions.get_description = device_description;
    functions.get_memory = device_memory;
    functions.get_type = device_type;
    functions.get_props = device_properties;
    functions.init_backend = init_backend;
    functions.get_buffer_type = device_buffer_type;
    functions.buffer_from_host_ptr = buffer_from_host_ptr;
    functions.supports_op = supports_op;
    functions.supports_buft = supports_buft;
    return functions;
}

// The registry.

const char* registry_name(ggml_backend_reg_t) {
    return backend_name;
}

std::size_t device_count(ggml_backend_reg_t) {
    return 1;
}

ggml_backend_dev_t get_device(ggml_backend_reg_t owner, std::size_t) {
    static ggml_backend_device device = {
        .iface = device_functions(), .reg = owner, .context = nullptr};
    return &device;
}

ggml_backend_buffer_type_t* extra_buffer_types(ggml_backend_dev_t) {
    static ggml_backend_buffer_type_t types[] = {packed_buffer_type(), nullptr};
    return types;
}

void* get_proc_address(ggml_backend_reg_t, const char* name) {
    if (std::strcmp(name, "ggml_backend_set_n_threads") == 0)
        return reinterpret_cast<void*>(&set_threads);
    if (std::strcmp(name, "ggml_backend_set_abort_callback") == 0)
        return reinterpret_cast<void*>(&set_abort_callback);
    if (std::strcmp(name, "ggml_backend_dev_get_extra_bufts") == 0)
        return reinterpret_cast<void*>(&extra_buffer_types);
    return nullptr;
}

}  // namespace

ggml_backend_reg_t registry() {
    static ggml_backend_reg entry = {.api_version = GGML_BACKEND_API_VERSION,
                                     .iface = {.get_name = registry_name,
                                               .get_device_count = device_count,
                                               .get_device = get_device,
                                               .get_proc_address = get_proc_address},
                                     .context = nullptr};
    return &entry;
}

ggml_backend_ptr new_backend(int threads) {
    ggml_backend_ptr backend(init_backend(ggml_backend_reg_dev_get(registry(), 0), nullptr));
    if (!backend)
        throw Error(ErrorCode::internal, "The processor's compute backend did not start.");
    set_threads(backend.get(), threads);
    pack_with(threads);
    return backend;
}

std::string instructions() {
    return std::string(processor::name(best_instruction_set()));
}

bool is_onednn(ggml_backend_t backend) {
    return backend && ggml_guid_matches(backend->guid, guid());
}

void set_threads(ggml_backend_t backend, int threads) {
    engine_of(backend).threads = threads;
    ggml_backend_cpu_set_n_threads(engine_of(backend).others.get(), threads);
}

void set_abort_callback(ggml_backend_t backend, ggml_abort_callback callback, void* data) {
    engine_of(backend).abort = callback;
    engine_of(backend).abort_data = data;
    ggml_backend_cpu_set_abort_callback(engine_of(backend).others.get(), callback, data);
}

std::size_t scratch_bytes(ggml_backend_t backend, ggml_cgraph* graph) {
    return scratch_bytes(engine_of(backend), graph);
}

}  // namespace acestep::onednn
