// Weights that are streamed: the blocks of a network, on their way to one of two places.
#include <algorithm>
#include <utility>

#include "runtime/graph.h"
#include "runtime/weight_conversion.h"
#include "runtime/weight_set.h"

namespace acestep::runtime {

std::int64_t WeightSet::place_bytes(Device& device) const {
    std::vector<std::int64_t> sizes(blocks_, 0);
    for (const Entry& entry : entries_)
        if (entry.block) sizes[*entry.block] += placed_bytes(device, entry);
    return blocks_ == 0 ? 0 : *std::max_element(sizes.begin(), sizes.end());
}

void WeightSet::place_blocks(Device& device) {
    const std::int64_t size = place_bytes(device);
    for (std::size_t place = 0; place < 2; ++place) add_buffer(device, device.buffer_type(), size);
    const std::size_t first = buffers_.size() - 2;
    std::vector<std::int64_t> used(blocks_, 0);
    for (const Entry& entry : entries_) {
        if (!entry.block) continue;
        put(device, entry, buffers_[first + *entry.block % 2].get(), used[*entry.block]);
        used[*entry.block] += placed_bytes(device, entry);
    }
}

bool WeightSet::is_staged(const Entry& entry) const {
    return streams() && entry.block && !is_stored_so(entry);
}

void WeightSet::stage(Entry& entry, int threads) {
    std::span<std::byte> place = staging_.take(ggml_nbytes(entry.tensor));
    entry.staged = place;
    give_bytes(entry, threads, [&](std::span<const std::byte> bytes) {
        std::copy(bytes.begin(), bytes.end(), place.begin());
        place = place.subspan(bytes.size());
    });
}

void WeightSet::bring(std::size_t block) const {
    for (const Entry& entry : entries_) {
        if (entry.block != block) continue;
        const std::span<const std::byte> bytes =
            entry.staged.empty() ? entry.stored->bytes : entry.staged;
        ggml_backend_tensor_set(entry.tensor, bytes.data(), 0, bytes.size());
    }
}

void WeightSet::enter_blocks(Graph& graph) const {
    if (stream_) graph.before_run([stream = stream_.get()] { stream->need(0); });
}

void WeightSet::leave_block(Graph& graph, std::size_t block, ggml_tensor* node) const {
    // Also where nothing streams: the order of the operations, and with it the memory they take,
    // is then the same.
    graph.require(node);
    if (streams()) {
        for (const Entry& entry : entries_)
            if (entry.block == block)
                graph.count_streamed(static_cast<std::int64_t>(ggml_nbytes(entry.tensor)));
    }
    if (!stream_) return;
    graph.after(node, [stream = stream_.get(), block, last = block + 1 == blocks_] {
        stream->done(block);
        if (!last) stream->need(block + 1);
    });
}

}  // namespace acestep::runtime
