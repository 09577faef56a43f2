#include "runtime/weight_set.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"
#include "runtime/graph.h"
#include "runtime/tensor_set.h"
#include "runtime/weight_conversion.h"

namespace acestep::runtime {
namespace {

// More than any checkpoint has; only descriptions are reserved by it.
constexpr std::size_t max_tensors = 4096;
// What ggml's processor buffers ask of their first byte.
constexpr std::uintptr_t buffer_alignment = 64;

std::string resolved(const checkpoint::Checkpoint& checkpoint, const std::string& prefix,
                     const std::string& name) {
    return checkpoint.find(name) || prefix.empty() ? name : prefix + name;
}

/// "model." when the checkpoint's names carry it, as those of causal language models do.
std::string prefix_of(const checkpoint::Checkpoint& checkpoint) {
    const auto& tensors = checkpoint.tensors();
    const bool any = std::any_of(tensors.begin(), tensors.end(), [](const auto& tensor) {
        return tensor.name.starts_with("model.");
    });
    return any ? "model." : "";
}

}  // namespace

bool WeightReader::has(const std::string& name) const {
    return checkpoint_.find(resolved(checkpoint_, prefix_, name)) != nullptr;
}

Array WeightReader::read(const std::string& name, const Shape& shape) const {
    return Array(shape, to_float_any(checkpoint_.get(resolved(checkpoint_, prefix_, name), shape)));
}

ReadSlice WeightReader::slices(const std::string& name, const Shape& shape) const {
    checkpoint::TensorView slices = checkpoint_.get(resolved(checkpoint_, prefix_, name), shape);
    slices.shape = {shape[0], element_count(shape) / shape[0]};
    return row_reader(slices);
}

WeightSet::WeightSet(std::string name, const checkpoint::Checkpoint& checkpoint,
                     WeightPolicy policy, MatrixUse use)
    : name_(std::move(name)),
      checkpoint_(checkpoint),
      policy_(policy),
      use_(use),
      prefix_(prefix_of(checkpoint)),
      reader_(checkpoint, prefix_),
      context_(description_context(max_tensors)) {}

const checkpoint::TensorView& WeightSet::stored(const std::string& name, const Shape& shape) const {
    return checkpoint_.get(resolved(checkpoint_, prefix_, name), shape);
}

ggml_tensor* WeightSet::declare(const std::string& name, const Shape& shape, WeightRole role,
                                const checkpoint::TensorView* view, Compute compute) {
    if (entries_.size() == max_tensors) {
        throw Error(ErrorCode::unsupported,
                    fmt::format("{} has more than {} tensors.", name_, max_tensors));
    }
    const ggml_type as_stored = view ? ggml_type_of(*view) : GGML_TYPE_COUNT;
    ggml_tensor* tensor =
        new_tensor(context_.get(), planned_type(policy_, role, as_stored, shape), shape);
    ggml_set_name(tensor, name.c_str());
    const bool multiplied = use_ != MatrixUse::any &&
                            (role == WeightRole::matrix || role == WeightRole::sensitive_matrix);
    entries_.push_back({tensor, view, std::move(compute), 0, {}, current_block_, multiplied, {}});
    return tensor;
}

ggml_tensor* WeightSet::matrix(const std::string& name, const Shape& shape) {
    return declare(name, shape, WeightRole::matrix, &stored(name, shape), {});
}

ggml_tensor* WeightSet::sensitive_matrix(const std::string& name, const Shape& shape) {
    return declare(name, shape, WeightRole::sensitive_matrix, &stored(name, shape), {});
}

ggml_tensor* WeightSet::exact(const std::string& name, const Shape& shape) {
    return declare(name, shape, WeightRole::exact, &stored(name, shape), {});
}

ggml_tensor* WeightSet::table(const std::string& name, const Shape& shape) {
    return declare(name, shape, WeightRole::table, &stored(name, shape), {});
}

ggml_tensor* WeightSet::computed(const std::string& name, const Shape& shape, WeightRole role,
                                 Compute compute) {
    return declare(name, shape, role, nullptr, std::move(compute));
}

ggml_tensor* WeightSet::computed_in_parts(const std::string& name, const Shape& shape,
                                          WeightRole role, std::int64_t parts,
                                          ComputePart compute) {
    ggml_tensor* tensor = declare(name, shape, role, nullptr, {});
    entries_.back().parts = parts;
    entries_.back().compute_part = std::move(compute);
    return tensor;
}

bool WeightSet::is_stored_so(const Entry& entry) {
    return entry.stored && ggml_type_of(*entry.stored) == entry.tensor->type;
}

bool WeightSet::mappable(const Entry& entry) const {
    if (!is_stored_so(entry)) return false;
    // The kernels read unaligned vectors, but an element has to lie on its own boundary.
    const std::uintptr_t alignment = entry.tensor->type == GGML_TYPE_F32 ? 4 : 2;
    return reinterpret_cast<std::uintptr_t>(entry.stored->bytes.data()) % alignment == 0;
}

bool WeightSet::as_stored(Device& device, const Entry& entry) const {
    return mappable(entry) && buffer_type(device, entry) == device.buffer_type();
}

bool WeightSet::mapped(Device& device, const Entry& entry) const {
    return device.is_processor() && !streams() && as_stored(device, entry);
}

ggml_backend_buffer_type_t WeightSet::buffer_type(Device& device, const Entry& entry) const {
    const bool alone = entry.multiplied && !streams();
    // Reading and packing all of them would take longer than multiplying as they are.
    if (use_ == MatrixUse::few_products && entry.tensor->type == GGML_TYPE_BF16)
        return device.buffer_type();
    return alone ? device.matrix_buffer_type(entry.tensor) : device.buffer_type();
}

std::int64_t WeightSet::placed_bytes(Device& device, const Entry& entry) const {
    ggml_backend_buffer_type_t type = buffer_type(device, entry);
    return static_cast<std::int64_t>(GGML_PAD(ggml_backend_buft_get_alloc_size(type, entry.tensor),
                                              ggml_backend_buft_get_alignment(type)));
}

void WeightSet::map_files(Device& device) {
    // One buffer per file, from its first to its last byte in use.
    std::map<std::string, std::pair<std::uintptr_t, std::uintptr_t>> ranges;
    for (const Entry& entry : entries_) {
        if (!mapped(device, entry)) continue;
        const auto begin = reinterpret_cast<std::uintptr_t>(entry.stored->bytes.data());
        const std::uintptr_t end = begin + entry.stored->bytes.size();
        auto [range, inserted] = ranges.try_emplace(entry.stored->file, begin, end);
        range->second.first = std::min(range->second.first, begin);
        range->second.second = std::max(range->second.second, end);
    }
    std::map<std::string, ggml_backend_buffer_t> buffers;
    for (const auto& [file, range] : ranges) {
        // A file is mapped from a page boundary and begins with its header, so rounding down stays
        // inside the mapping.
        const std::uintptr_t begin = range.first / buffer_alignment * buffer_alignment;
        buffers_.push_back(wrap_host_memory(reinterpret_cast<void*>(begin), range.second - begin));
        ggml_backend_buffer_set_usage(buffers_.back().get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
        buffers[file] = buffers_.back().get();
    }
    for (const Entry& entry : entries_) {
        if (!mapped(device, entry)) continue;
        // ggml takes a plain pointer; weights are only ever read.
        auto* address = const_cast<std::byte*>(entry.stored->bytes.data());
        if (ggml_backend_tensor_alloc(buffers.at(entry.stored->file), entry.tensor, address) !=
            GGML_STATUS_SUCCESS) {
            throw_out_of_memory(device.name(), static_cast<std::int64_t>(ggml_nbytes(entry.tensor)),
                                purpose());
        }
    }
}

void WeightSet::place(Device& device) {
    if (device.rehearses()) {
        imagine(device);
        return;
    }
    map_files(device);
    if (streams()) place_blocks(device);
    place_rest(device);
}

void WeightSet::place_rest(Device& device) {
    std::map<ggml_backend_buffer_type_t, std::vector<const Entry*>> parts;
    for (const Entry& entry : entries_)
        if (!entry.tensor->data) parts[buffer_type(device, entry)].push_back(&entry);
    for (const auto& [type, entries] : parts) place_together(device, type, entries);
}

void WeightSet::place_together(Device& device, ggml_backend_buffer_type_t type,
                               std::span<const Entry* const> entries) {
    const auto most = static_cast<std::int64_t>(
        std::min<std::size_t>(ggml_backend_buft_get_max_size(type), INT64_MAX));
    while (!entries.empty()) {
        // As many as one buffer may hold, but at least one.
        std::vector<std::int64_t> offsets;
        std::int64_t size = 0;
        for (const Entry* entry : entries) {
            const std::int64_t bytes = placed_bytes(device, *entry);
            if (size > 0 && bytes > most - size) break;
            offsets.push_back(size);
            size += bytes;
        }
        add_buffer(device, type, size);
        for (std::size_t i = 0; i < offsets.size(); ++i)
            put(device, *entries[i], buffers_.back().get(), offsets[i]);
        entries = entries.subspan(offsets.size());
    }
}

void WeightSet::add_buffer(Device& device, ggml_backend_buffer_type_t type, std::int64_t size) {
    buffers_.emplace_back(ggml_backend_buft_alloc_buffer(type, static_cast<std::size_t>(size)));
    if (!buffers_.back()) throw_out_of_memory(device.name(), size, purpose());
    ggml_backend_buffer_set_usage(buffers_.back().get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
}

void WeightSet::put(Device& device, const Entry& entry, ggml_backend_buffer_t buffer,
                    std::int64_t offset) {
    auto* address = static_cast<std::byte*>(ggml_backend_buffer_get_base(buffer)) + offset;
    if (ggml_backend_tensor_alloc(buffer, entry.tensor, address) != GGML_STATUS_SUCCESS)
        throw_out_of_memory(device.name(), placed_bytes(device, entry), purpose());
}

void WeightSet::imagine(Device& device) {
    if (device.speeds().convert > 0) {
        std::int64_t converted = 0;
        for (const Entry& entry : entries_)
            if (!as_stored(device, entry)) converted += ggml_nelements(entry.tensor);
        device.add_work({.seconds = static_cast<double>(converted) / device.speeds().convert});
    }
    const double transfer = device.speeds().transfer;
    if (transfer > 0) {
        std::int64_t copied = 0;
        for (const Entry& entry : entries_)
            if (!entry.block || !streams()) copied += placed_bytes(device, entry);
        device.add_work({.seconds = static_cast<double>(copied) / transfer});
    }
    std::map<ggml_backend_buffer_type_t, ggml_backend_buffer_t> buffers;
    for (const Entry& entry : entries_) {
        ggml_backend_buffer_t& buffer = buffers[buffer_type(device, entry)];
        if (!buffer) {
            buffers_.push_back(imaginary_buffer(buffer_type(device, entry)));
            buffer = buffers_.back().get();
        }
        place_in_imaginary_buffer(entry.tensor, buffer);
    }
}

void WeightSet::load(Device& device) {
    if (loaded_on(device)) return;
    unload();
    lease_ = device.memory().book(bytes(device), purpose());
    try {
        place(device);
        if (!device.rehearses()) {
            fill_fixed(device);
            if (streams())
                stream_ = std::make_unique<WeightStream>(
                    blocks_, [this](std::size_t block) { bring(block); });
        }
    } catch (...) {
        unload();
        throw;
    }
    device_ = &device;
}

void WeightSet::unload() {
    stream_.reset();
    for (Entry& entry : entries_) {
        entry.tensor->data = nullptr;
        entry.tensor->buffer = nullptr;
        entry.staged = {};
    }
    buffers_.clear();
    staging_ = {};
    lease_.release();
    device_ = nullptr;
}

std::int64_t WeightSet::bytes(Device& device) const {
    std::int64_t total = streams() ? 2 * place_bytes(device) : 0;
    for (const Entry& entry : entries_) {
        if (entry.block && streams()) continue;
        total += mapped(device, entry) ? static_cast<std::int64_t>(ggml_nbytes(entry.tensor))
                                       : placed_bytes(device, entry);
    }
    return total;
}

std::int64_t WeightSet::bytes() const {
    std::int64_t total = 0;
    for (const Entry& entry : entries_)
        total += static_cast<std::int64_t>(ggml_nbytes(entry.tensor));
    return total;
}

std::vector<ggml_tensor*> WeightSet::tensors() const {
    std::vector<ggml_tensor*> result;
    for (const Entry& entry : entries_) result.push_back(entry.tensor);
    return result;
}

}  // namespace acestep::runtime
