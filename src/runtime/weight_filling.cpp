// How the memory of weights gets its numbers: copied, converted or computed.
#include <algorithm>
#include <exception>
#include <mutex>

#include "acestep/error.h"
#include "onednn/backend.h"
#include "processor/thread_pool.h"
#include "runtime/weight_conversion.h"
#include "runtime/weight_set.h"

namespace acestep::runtime {
namespace {

/// Where in a matrix of single numbers one of them is.
std::size_t place_of(const ggml_tensor& matrix, std::int64_t row, std::int64_t column) {
    return static_cast<std::size_t>(row) * matrix.nb[1] +
           static_cast<std::size_t>(column) * matrix.nb[0];
}

}  // namespace

void WeightSet::fill(const Entry& entry, int threads, std::vector<std::byte>& room) const {
    if (is_stored_so(entry)) {
        ggml_backend_tensor_set(entry.tensor, entry.stored->bytes.data(), 0,
                                entry.stored->bytes.size());
        return;
    }
    if (entry.parts > 0) {
        fill_parts(entry, threads);
        return;
    }
    const bool is_packed =
        ggml_backend_buffer_get_type(entry.tensor->buffer) == onednn::packed_buffer_type();
    if (is_packed && entry.tensor->type == GGML_TYPE_Q8_0) {
        fill_rows(entry, room);
        return;
    }
    std::size_t offset = 0;
    const auto append = [&](std::span<const std::byte> bytes) {
        ggml_backend_tensor_set(entry.tensor, bytes.data(), offset, bytes.size());
        offset += bytes.size();
    };
    give_bytes(entry, threads, append);
}

void WeightSet::give_bytes(const Entry& entry, int threads,
                           const std::function<void(std::span<const std::byte>)>& take) const {
    if (entry.stored)
        convert(*entry.stored, entry.tensor->type, take, threads);
    else if (entry.parts > 0)
        take(made_of_parts(entry, threads));
    else
        take(from_float(entry.compute(reader_), entry.tensor->type, threads));
}

void WeightSet::fill_rows(const Entry& entry, std::vector<std::byte>& room) const {
    if (entry.stored) {
        onednn::set_rows(entry.tensor, row_reader(*entry.stored), room);
        return;
    }
    const std::vector<float> computed = entry.compute(reader_);
    const auto read = [&](std::int64_t row, std::span<float> values) {
        std::copy_n(computed.begin() + row * entry.tensor->ne[0], values.size(), values.begin());
    };
    onednn::set_rows(entry.tensor, read, room);
}

void WeightSet::make_parts(const Entry& entry, int threads, const TakePiece& take) const {
    // What fails on a thread of the pool has to wait for the others.
    std::mutex mutex;
    std::exception_ptr failure;
    processor::ThreadPool(static_cast<int>(std::min<std::int64_t>(threads, entry.parts)))
        .run(entry.parts, [&](std::int64_t part) {
            try {
                entry.compute_part(reader_, part, take);
            } catch (...) {
                const std::scoped_lock lock(mutex);
                failure = std::current_exception();
            }
        });
    if (failure) std::rethrow_exception(failure);
}

std::vector<std::byte> WeightSet::made_of_parts(const Entry& entry, int threads) const {
    const ggml_tensor& tensor = *entry.tensor;
    if (ggml_blck_size(tensor.type) > 1) {
        // Pieces need not be whole blocks.
        std::vector<float> values(static_cast<std::size_t>(ggml_nelements(&tensor)));
        make_parts(entry, threads, [&](std::int64_t row, std::int64_t first, auto piece) {
            std::copy(piece.begin(), piece.end(), values.begin() + row * tensor.ne[0] + first);
        });
        return from_float(values, tensor.type, threads);
    }
    std::vector<std::byte> bytes(ggml_nbytes(&tensor));
    make_parts(entry, threads, [&](std::int64_t row, std::int64_t first, auto piece) {
        convert_values(piece, tensor.type, bytes.data() + place_of(tensor, row, first));
    });
    return bytes;
}

void WeightSet::fill_parts(const Entry& entry, int threads) const {
    ggml_tensor& tensor = *entry.tensor;
    if (ggml_blck_size(tensor.type) == 1 && ggml_backend_buffer_is_host(tensor.buffer)) {
        make_parts(entry, threads, [&](std::int64_t row, std::int64_t first, auto piece) {
            convert_values(piece, tensor.type,
                           static_cast<std::byte*>(tensor.data) + place_of(tensor, row, first));
        });
        return;
    }
    const std::vector<std::byte> bytes = made_of_parts(entry, threads);
    ggml_backend_tensor_set(&tensor, bytes.data(), 0, bytes.size());
}

void WeightSet::fill_fixed(Device& device) {
    std::size_t staged = 0;
    for (const Entry& entry : entries_)
        if (is_staged(entry)) staged += ggml_nbytes(entry.tensor);
    if (staged > 0) staging_ = StagingMemory(device, staged, purpose());
    std::vector<std::byte> room;  // one for all, since new memory has to be cleared by the system
    for (Entry& entry : entries_) {
        if (device.cancelled()) throw Error(ErrorCode::cancelled, "Stopped on request.");
        if (mapped(device, entry)) continue;
        if (is_staged(entry))
            stage(entry, device.threads());
        else if (!entry.block || !streams())
            fill(entry, device.threads(), room);
    }
}

}  // namespace acestep::runtime
