#include "models/kv_cache.h"

#include <cassert>
#include <cstddef>

#include <ggml-backend.h>

namespace acestep::models {
namespace {

std::int64_t row_width(const Qwen3Config& config) {
    return config.transformer.kv_heads * config.transformer.head_dim;
}

void copy_tensor_rows(ggml_tensor* source, ggml_tensor* target, std::int64_t from, std::int64_t to,
                      std::int64_t count) {
    const auto bytes = static_cast<std::size_t>(count) * source->nb[1];
    std::vector<std::byte> rows(bytes);
    ggml_backend_tensor_get(source, rows.data(), static_cast<std::size_t>(from) * source->nb[1],
                            bytes);
    ggml_backend_tensor_set(target, rows.data(), static_cast<std::size_t>(to) * target->nb[1],
                            bytes);
}

}  // namespace

KvCache::KvCache(runtime::Device& device, const Qwen3Config& config, ggml_type type,
                 std::int64_t rows)
    : tensors_(device, "Keeping what the language model has read",
               static_cast<std::size_t>(2 * config.layers)),
      rows_(rows) {
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        keys_.push_back(tensors_.add(type, {rows, row_width(config)}));
        values_.push_back(tensors_.add(type, {rows, row_width(config)}));
    }
    tensors_.allocate();
    // Attention by a mask multiplies by 0 what is hidden, also rows that were never written; memory
    // as it was found may hold what is no number. Our own kernels do not look there.
    if (!device.has_own_kernels()) tensors_.clear();
}

std::int64_t KvCache::bytes(const Qwen3Config& config, ggml_type type, std::int64_t rows) {
    return 2 * config.layers * rows *
           static_cast<std::int64_t>(ggml_row_size(type, row_width(config)));
}

void KvCache::copy_rows(const KvCache& source, std::int64_t from, std::int64_t to,
                        std::int64_t count) {
    assert(from + count <= source.rows_ && to + count <= rows_);
    for (std::size_t layer = 0; layer < keys_.size(); ++layer) {
        copy_tensor_rows(source.keys_[layer], keys_[layer], from, to, count);
        copy_tensor_rows(source.values_[layer], values_[layer], from, to, count);
    }
}

}  // namespace acestep::models
