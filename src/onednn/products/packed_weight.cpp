#include "onednn/products/packed_weight.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "onednn/kernels/kernels.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

std::byte* data_of(const ggml_tensor* weight) {
    return static_cast<std::byte*>(weight->data);
}

/// Work of so many rows is worth giving to a thread.
constexpr std::int64_t rows_of_chunk = 16;

void pack_int8(const ggml_tensor* weight, const PackedShape& shape, const void* plain,
               int threads) {
    const ReadRow read = [&](std::int64_t row, std::span<float> values) {
        ggml_get_type_traits(weight->type)
            ->to_float(static_cast<const std::byte*>(plain) +
                           static_cast<std::size_t>(row) * weight->nb[1],
                       values.data(), shape.columns);
    };
    std::vector<std::byte> room;
    pack_rows(weight, shape, read, room, threads);
}

std::size_t bytes_of(const PackedShape& shape) {
    const auto panels = word_panels(shape);
    return panels ? panels->bytes() : packed_bytes(shape);
}

/// Whether there is a way to multiply by them.
bool is_multiplied(const PackedShape& shape) {
    return word_panels(shape) || can_pack(shape);
}

void pack_bf16(const PackedShape& shape, const WordPanels& panels, const void* plain, void* to,
               int threads) {
    const Matrix matrix{.data = plain,
                        .type = GGML_TYPE_BF16,
                        .rows = shape.rows,
                        .columns = shape.columns,
                        .row_bytes = ggml_row_size(GGML_TYPE_BF16, shape.columns)};
    share_out(threads, panels.count(), [&](std::int64_t panel) {
        make_bf16_panel(best_kernels(), matrix, panels, panel,
                        static_cast<std::uint32_t*>(to) + panel * panels.panel_words(),
                        thread_scratch());
    });
}

/// Rows of a weight becoming 8 bits.
class RowsToBytes {
public:
    RowsToBytes(const ggml_tensor* weight, const PackedShape& shape, const ReadRow& read)
        : shape_(shape), read_(read), weight_(data_of(weight)), layout_(layout_of(shape)) {}

    /// `values` is room for one.
    void convert(std::int64_t row, std::span<float> values, std::int8_t* to) const {
        read_(row, values);
        auto* const scales = reinterpret_cast<float*>(weight_ + layout_.scales);
        auto* const sums = reinterpret_cast<std::int32_t*>(weight_ + layout_.sums);
        // Around no zero level the kernel's bytes are those of signed numbers.
        scales[row] = best_kernels().quantize_row({.values = values.data(),
                                                   .count = shape_.columns,
                                                   .levels = signed_levels,
                                                   .bytes = reinterpret_cast<std::uint8_t*>(to),
                                                   .zero = 0,
                                                   .sum = sums + row});
    }

    /// Each panel while its rows are in the cache.
    void into_panels(const WordPanels& panels, std::vector<std::byte>& room, int threads) const {
        const std::int64_t stride = words_apart(panels.words());
        const std::size_t value_bytes =
            whole_lines(static_cast<std::size_t>(shape_.columns) * sizeof(float));
        const std::size_t bytes_of_thread =
            value_bytes +
            static_cast<std::size_t>(word_panel_columns * stride) * sizeof(std::uint32_t);
        room.resize(std::max(room.size(), static_cast<std::size_t>(threads) * bytes_of_thread));
        share_out_numbered(threads, panels.count(), [&](std::int64_t panel, int thread) {
            std::byte* const own = room.data() + static_cast<std::size_t>(thread) * bytes_of_thread;
            const std::span values(reinterpret_cast<float*>(own),
                                   static_cast<std::size_t>(shape_.columns));
            auto* const words = reinterpret_cast<std::uint32_t*>(own + value_bytes);
            const std::int64_t first = panel * word_panel_columns;
            const std::int64_t count = std::min(word_panel_columns, shape_.rows - first);
            for (std::int64_t i = 0; i < count; ++i) {
                auto* const bytes = reinterpret_cast<std::int8_t*>(words + i * stride);
                convert(first + i, values, bytes);
                std::fill(bytes + shape_.columns, bytes + panels.words() * panels.numbers,
                          std::int8_t{0});
            }
            make_panel_of_words(
                best_kernels(), words, stride, panels, panel,
                reinterpret_cast<std::uint32_t*>(weight_) + panel * panels.panel_words());
        });
    }

    /// All of them, for oneDNN to put in its order.
    std::int8_t* into_rows(std::vector<std::byte>& room, int threads) const {
        const auto columns = static_cast<std::size_t>(shape_.columns);
        room.resize(std::max(room.size(), static_cast<std::size_t>(shape_.rows) * columns));
        auto* const bytes = reinterpret_cast<std::int8_t*>(room.data());
        share_out(threads, divided(shape_.rows, rows_of_chunk), [&](std::int64_t chunk) {
            std::vector<float> values(columns);
            const std::int64_t first = chunk * rows_of_chunk;
            const std::int64_t end = std::min(shape_.rows, first + rows_of_chunk);
            for (std::int64_t row = first; row < end; ++row)
                convert(row, values, bytes + row * shape_.columns);
        });
        return bytes;
    }

private:
    const PackedShape& shape_;
    const ReadRow& read_;
    std::byte* weight_;
    PackedWeight layout_;
};

void unpack_numbers(const PackedShape& shape, const void* packed, void* plain) {
    if (const auto panels = word_panels(shape))
        rows_of_panels(*panels, static_cast<const std::uint32_t*>(packed), plain);
    else
        unpack(shape, packed, plain);
}

void unpack_int8(const ggml_tensor* weight, const PackedShape& shape, void* plain) {
    const auto* scales = reinterpret_cast<const float*>(data_of(weight) + layout_of(shape).scales);
    std::vector<std::int8_t> bytes(static_cast<std::size_t>(shape.rows * shape.columns));
    unpack_numbers(shape, weight->data, bytes.data());
    std::vector<float> values(static_cast<std::size_t>(shape.columns));
    for (std::int64_t row = 0; row < shape.rows; ++row) {
        for (std::int64_t i = 0; i < shape.columns; ++i)
            values[static_cast<std::size_t>(i)] =
                scales[row] * static_cast<float>(bytes[row * shape.columns + i]);
        ggml_quantize_chunk(
            weight->type, values.data(),
            static_cast<std::byte*>(plain) + static_cast<std::size_t>(row) * weight->nb[1], 0, 1,
            shape.columns, nullptr);
    }
}

}  // namespace

std::optional<WordPanels> word_panels(const PackedShape& shape) {
    if (shape.type == PackedType::f32 || !best_kernels().words) return std::nullopt;
    return WordPanels{.rows = shape.rows,
                      .channels = shape.columns,
                      .numbers = shape.type == PackedType::int8 ? 4 : 2};
}

std::optional<PackedShape> packed_shape(const ggml_tensor* weight) {
    if (weight->ne[2] != 1 || weight->ne[3] != 1 || weight->view_src) return std::nullopt;
    if (!ggml_is_contiguous(weight) || weight->ne[0] < 2 || weight->ne[1] < 2) return std::nullopt;
    PackedShape shape{PackedType::f32, weight->ne[1], weight->ne[0]};
    switch (weight->type) {
        case GGML_TYPE_F32: break;
        case GGML_TYPE_BF16: shape.type = PackedType::bf16; break;
        case GGML_TYPE_Q8_0: shape.type = PackedType::int8; break;
        default: return std::nullopt;
    }
    if (!is_multiplied(shape)) return std::nullopt;
    return shape;
}

PackedWeight layout_of(const PackedShape& shape) {
    PackedWeight layout;
    layout.bytes = whole_lines(bytes_of(shape));
    if (shape.type != PackedType::int8) return layout;
    const auto rows = static_cast<std::size_t>(shape.rows);
    layout.scales = layout.bytes;
    layout.sums = layout.scales + whole_lines(rows * sizeof(float));
    layout.bytes = layout.sums + whole_lines(rows * sizeof(std::int32_t));
    return layout;
}

void pack_tensor(const ggml_tensor* weight, const PackedShape& shape, const void* plain,
                 int threads) {
    if (shape.type == PackedType::int8)
        pack_int8(weight, shape, plain, threads);
    else if (const auto panels = word_panels(shape))
        pack_bf16(shape, *panels, plain, weight->data, threads);
    else
        pack(shape, plain, weight->data);
}

void pack_rows(const ggml_tensor* weight, const PackedShape& shape, const ReadRow& read,
               std::vector<std::byte>& room, int threads) {
    const RowsToBytes rows(weight, shape, read);
    if (const auto panels = word_panels(shape))
        rows.into_panels(*panels, room, threads);
    else
        pack(shape, rows.into_rows(room, threads), weight->data);
}

void unpack_tensor(const ggml_tensor* weight, const PackedShape& shape, void* plain) {
    if (shape.type == PackedType::int8)
        unpack_int8(weight, shape, plain);
    else
        unpack_numbers(shape, weight->data, plain);
}

}  // namespace acestep::onednn
