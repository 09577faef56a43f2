// The buffer type "OneDNN_packed" (backend.h).
#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <new>
#include <vector>

#include <ggml-backend-impl.h>

#include "onednn/backend.h"
#include "onednn/operations.h"
#include "onednn/products/packed_weight.h"

namespace acestep::onednn {
namespace {

// Memory belongs to no backend; it is packed with the threads of the last one that was made.
std::atomic<int> packing_threads{1};

/// Bytes of a tensor that have been set so far. It is packed when it has all.
struct Unpacked {
    std::vector<std::byte> bytes;
    std::size_t set = 0;
};

struct Memory {
    std::byte* base = nullptr;
    std::map<const ggml_tensor*, Unpacked> unpacked;
};

Memory& memory_of(ggml_backend_buffer_t buffer) {
    return *static_cast<Memory*>(buffer->context);
}

std::byte* inside(const ggml_tensor* tensor, std::size_t offset) {
    return static_cast<std::byte*>(tensor->data) + offset;
}

void free_buffer(ggml_backend_buffer_t buffer) {
    ::operator delete(memory_of(buffer).base, std::align_val_t(cache_line));
    delete &memory_of(buffer);
}

void* get_base(ggml_backend_buffer_t buffer) {
    return memory_of(buffer).base;
}

/// Exceptions do not cross ggml, which has no way to say that this failed; what fails here has been
/// tried before by `packed_shape`.
template <typename Work>
void without_exceptions(const Work& work) noexcept {
    work();
}

void set_tensor(ggml_backend_buffer_t buffer, ggml_tensor* tensor, const void* data,
                std::size_t offset, std::size_t size) {
    without_exceptions([&] {
        const auto shape = packed_shape(tensor);
        if (!shape) {
            std::memcpy(inside(tensor, offset), data, size);
            return;
        }
        const std::size_t all = ggml_nbytes(tensor);
        if (size == all) {
            pack_tensor(tensor, *shape, data, packing_threads);
            return;
        }
        Unpacked& unpacked = memory_of(buffer).unpacked[tensor];
        unpacked.bytes.resize(all);
        std::memcpy(unpacked.bytes.data() + offset, data, size);
        unpacked.set += size;
        if (unpacked.set < all) return;
        pack_tensor(tensor, *shape, unpacked.bytes.data(), packing_threads);
        memory_of(buffer).unpacked.erase(tensor);
    });
}

void memset_tensor(ggml_backend_buffer_t buffer, ggml_tensor* tensor, std::uint8_t value,
                   std::size_t offset, std::size_t size) {
    const std::vector<std::uint8_t> bytes(size, value);
    set_tensor(buffer, tensor, bytes.data(), offset, size);
}

void get_tensor(ggml_backend_buffer_t, const ggml_tensor* tensor, void* data, std::size_t offset,
                std::size_t size) {
    without_exceptions([&] {
        const auto shape = packed_shape(tensor);
        if (!shape) {
            std::memcpy(data, inside(tensor, offset), size);
            return;
        }
        std::vector<std::byte> plain(ggml_nbytes(tensor));
        unpack_tensor(tensor, *shape, plain.data());
        std::memcpy(data, plain.data() + offset, size);
    });
}

void clear(ggml_backend_buffer_t buffer, std::uint8_t value) {
    std::memset(memory_of(buffer).base, value, buffer->size);
}

constexpr ggml_backend_buffer_i buffer_functions = {.free_buffer = free_buffer,
                                                    .get_base = get_base,
                                                    .init_tensor = nullptr,
                                                    .memset_tensor = memset_tensor,
                                                    .set_tensor = set_tensor,
                                                    .get_tensor = get_tensor,
                                                    .set_tensor_2d = nullptr,
                                                    .get_tensor_2d = nullptr,
                                                    .cpy_tensor = nullptr,
                                                    .clear = clear,
                                                    .reset = nullptr};

const char* type_name(ggml_backend_buffer_type_t) {
    return "OneDNN_packed";
}

ggml_backend_buffer_t alloc_buffer(ggml_backend_buffer_type_t type, std::size_t size) {
    void* base = ::operator new(size, std::align_val_t(cache_line), std::nothrow);
    if (!base) return nullptr;
    return ggml_backend_buffer_init(type, buffer_functions,
                                    new Memory{static_cast<std::byte*>(base), {}}, size);
}

std::size_t get_alignment(ggml_backend_buffer_type_t) {
    return cache_line;
}

std::size_t get_alloc_size(ggml_backend_buffer_type_t, const ggml_tensor* tensor) {
    const auto shape = packed_shape(tensor);
    if (!shape) return ggml_nbytes(tensor);
    const std::size_t bytes = layout_of(*shape).bytes;
#if defined(NDEBUG)
    return bytes;
#else
    // ggml asserts that no memory holds a tensor in less than it would take; 8 bits do.
    return std::max(bytes, ggml_nbytes(tensor));
#endif
}

}  // namespace

ggml_backend_buffer_type_t packed_buffer_type() {
    static ggml_backend_buffer_type type = {.iface = {.get_name = type_name,
                                                      .alloc_buffer = alloc_buffer,
                                                      .get_alignment = get_alignment,
                                                      .get_max_size = nullptr,
                                                      .get_alloc_size = get_alloc_size,
                                                      .is_host = nullptr},
                                            .device = ggml_backend_reg_dev_get(registry(), 0),
                                            .context = nullptr};
    return &type;
}

void set_rows(ggml_tensor* weight, const ReadRow& read, std::vector<std::byte>& room) {
    pack_rows(weight, *packed_shape(weight), read, room, packing_threads);
}

void pack_with(int threads) {
    packing_threads = threads;
}

bool packs(const ggml_tensor* weight) {
    return packed_shape(weight).has_value();
}

bool is_packed(const ggml_tensor* tensor) {
    return tensor->buffer && tensor->buffer->buft == packed_buffer_type();
}

}  // namespace acestep::onednn
