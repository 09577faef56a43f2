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

/// From `[rows, columns]` of bf16 or s8.
void into_panels(const PackedShape& shape, const WordPanels& panels, const void* plain, void* to,
                 int threads) {
    const Kernels& kernels = best_kernels();
    const Matrix matrix{.data = plain,
                        .type = GGML_TYPE_BF16,
                        .rows = shape.rows,
                        .columns = shape.columns,
                        .row_bytes = ggml_row_size(GGML_TYPE_BF16, shape.columns)};
    share_out(threads, panels.count(), [&](std::int64_t i) {
        std::uint32_t* const panel = static_cast<std::uint32_t*>(to) + i * panels.panel_words();
        if (shape.type == PackedType::int8)
            make_int8_panel(kernels, static_cast<const std::int8_t*>(plain), panels, i, panel,
                            thread_scratch());
        else
            make_bf16_panel(kernels, matrix, panels, i, panel, thread_scratch());
    });
}

void pack_numbers(const PackedShape& shape, const void* plain, void* packed, int threads) {
    if (const auto panels = word_panels(shape))
        into_panels(shape, *panels, plain, packed, threads);
    else
        pack(shape, plain, packed);
}

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
    else
        pack_numbers(shape, plain, weight->data, threads);
}

void pack_rows(const ggml_tensor* weight, const PackedShape& shape, const ReadRow& read,
               std::vector<std::byte>& room, int threads) {
    const PackedWeight layout = layout_of(shape);
    auto* const scales = reinterpret_cast<float*>(data_of(weight) + layout.scales);
    auto* const sums = reinterpret_cast<std::int32_t*>(data_of(weight) + layout.sums);
    const auto columns = static_cast<std::size_t>(shape.columns);
    room.resize(std::max(room.size(), static_cast<std::size_t>(shape.rows) * columns));
    auto* const bytes = reinterpret_cast<std::int8_t*>(room.data());
    const Kernels& kernels = best_kernels();
    share_out(threads, divided(shape.rows, rows_of_chunk), [&](std::int64_t chunk) {
        std::vector<float> values(columns);
        const std::int64_t first = chunk * rows_of_chunk;
        for (std::int64_t row = first; row < std::min(shape.rows, first + rows_of_chunk); ++row) {
            std::int8_t* const to = bytes + row * shape.columns;
            read(row, values);
            // Around no zero level the kernel's bytes are those of signed numbers.
            scales[row] = kernels.quantize_row({.values = values.data(),
                                                .count = shape.columns,
                                                .levels = signed_levels,
                                                .bytes = reinterpret_cast<std::uint8_t*>(to),
                                                .zero = 0});
            std::int32_t sum = 0;
            for (std::size_t i = 0; i < columns; ++i) sum += to[i];
            sums[row] = sum;
        }
    });
    pack_numbers(shape, bytes, weight->data, threads);
}

void unpack_tensor(const ggml_tensor* weight, const PackedShape& shape, void* plain) {
    if (shape.type == PackedType::int8)
        unpack_int8(weight, shape, plain);
    else
        unpack_numbers(shape, weight->data, plain);
}

}  // namespace acestep::onednn
