#include "runtime/weight_set.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <ggml-alloc.h>

#include "acestep/error.h"
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

WeightSet::WeightSet(std::string name, const checkpoint::Checkpoint& checkpoint,
                     WeightPolicy policy)
    : name_(std::move(name)),
      checkpoint_(checkpoint),
      policy_(policy),
      prefix_(prefix_of(checkpoint)),
      reader_(checkpoint, prefix_),
      context_(description_context(max_tensors)) {}

const checkpoint::TensorView& WeightSet::stored(const std::string& name, const Shape& shape) const {
    return checkpoint_.get(resolved(checkpoint_, prefix_, name), shape);
}

ggml_type WeightSet::planned_type(WeightRole role, const checkpoint::TensorView* stored,
                                  const Shape& shape) const {
    if (role == WeightRole::exact) return GGML_TYPE_F32;
    const ggml_type as_stored = stored ? ggml_type_of(*stored) : GGML_TYPE_COUNT;
    const bool usable = as_stored != GGML_TYPE_COUNT && computes_with(as_stored);
    if (role == WeightRole::table) {
        return usable && policy_ != WeightPolicy::f32 ? as_stored : GGML_TYPE_F32;
    }
    if (policy_ == WeightPolicy::f32) return GGML_TYPE_F32;
    if (usable && ggml_is_quantized(as_stored)) return as_stored;
    if (policy_ == WeightPolicy::q8_0 && shape.back() % ggml_blck_size(GGML_TYPE_Q8_0) == 0) {
        return GGML_TYPE_Q8_0;
    }
    return policy_ == WeightPolicy::f16 ? GGML_TYPE_F16 : GGML_TYPE_BF16;
}

ggml_tensor* WeightSet::declare(const std::string& name, const Shape& shape, WeightRole role,
                                const checkpoint::TensorView* view, Compute compute) {
    if (entries_.size() == max_tensors) {
        throw Error(ErrorCode::unsupported,
                    fmt::format("{} has more than {} tensors.", name_, max_tensors));
    }
    ggml_tensor* tensor = new_tensor(context_.get(), planned_type(role, view, shape), shape);
    ggml_set_name(tensor, name.c_str());
    entries_.push_back({tensor, view, std::move(compute)});
    return tensor;
}

ggml_tensor* WeightSet::matrix(const std::string& name, const Shape& shape) {
    return declare(name, shape, WeightRole::matrix, &stored(name, shape), {});
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

bool WeightSet::mappable(const Entry& entry) const {
    if (!entry.stored || ggml_type_of(*entry.stored) != entry.tensor->type) return false;
    // The kernels read unaligned vectors, but an element has to lie on its own boundary.
    const std::uintptr_t alignment = entry.tensor->type == GGML_TYPE_F32 ? 4 : 2;
    return reinterpret_cast<std::uintptr_t>(entry.stored->bytes.data()) % alignment == 0;
}

void WeightSet::map_files(Device& device) {
    // One buffer per file, from its first to its last byte in use.
    std::map<std::string, std::pair<std::uintptr_t, std::uintptr_t>> ranges;
    for (const Entry& entry : entries_) {
        if (!mappable(entry)) continue;
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
        if (!mappable(entry)) continue;
        // ggml takes a plain pointer; weights are only ever read.
        auto* address = const_cast<std::byte*>(entry.stored->bytes.data());
        if (ggml_backend_tensor_alloc(buffers.at(entry.stored->file), entry.tensor, address) !=
            GGML_STATUS_SUCCESS) {
            throw_out_of_memory(device.name(), static_cast<std::int64_t>(ggml_nbytes(entry.tensor)),
                                "Mapping the weights of " + name_);
        }
    }
}

void WeightSet::fill(const Entry& entry) const {
    if (entry.stored && ggml_type_of(*entry.stored) == entry.tensor->type) {
        ggml_backend_tensor_set(entry.tensor, entry.stored->bytes.data(), 0,
                                entry.stored->bytes.size());
        return;
    }
    std::size_t offset = 0;
    const auto append = [&](std::span<const std::byte> bytes) {
        ggml_backend_tensor_set(entry.tensor, bytes.data(), offset, bytes.size());
        offset += bytes.size();
    };
    if (entry.stored) {
        convert(*entry.stored, entry.tensor->type, append);
    } else {
        append(from_float(entry.compute(reader_), entry.tensor->type));
    }
}

void WeightSet::load(Device& device) {
    if (loaded_) return;
    const std::string purpose = "Loading the weights of " + name_;
    lease_ = device.memory().book(bytes(), purpose);
    try {
        if (device.is_processor()) map_files(device);
        const std::int64_t copied = allocation_bytes(context_.get(), device.buffer_type());
        std::vector<const Entry*> to_fill;
        for (const Entry& entry : entries_) {
            if (!entry.tensor->data) to_fill.push_back(&entry);
        }
        if (!to_fill.empty()) {
            buffers_.emplace_back(
                ggml_backend_alloc_ctx_tensors_from_buft(context_.get(), device.buffer_type()));
            if (!buffers_.back()) throw_out_of_memory(device.name(), copied, purpose);
            ggml_backend_buffer_set_usage(buffers_.back().get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
            for (const Entry* entry : to_fill) {
                if (device.cancelled()) throw Error(ErrorCode::cancelled, "Stopped on request.");
                fill(*entry);
            }
        }
    } catch (...) {
        unload();
        throw;
    }
    loaded_ = true;
}

void WeightSet::unload() {
    for (const Entry& entry : entries_) {
        entry.tensor->data = nullptr;
        entry.tensor->buffer = nullptr;
    }
    buffers_.clear();
    lease_.release();
    loaded_ = false;
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
