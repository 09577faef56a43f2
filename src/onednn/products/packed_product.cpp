// GGML_OP_MUL_MAT with packed weights (packed_weight.h), those in panels of words by
// panel_product.h, others by oneDNN.
//
// For oneDNN activations are brought into the weights' type, some rows at a time: rounded to bf16,
// or to 8 bits with a scale for each row. Those are made positive, and what that adds to every sum,
// a constant times the sum of the weights, is taken off again:
//   y = scale_x · scale_w · (Σ u · w − zero · Σ w)
#include <algorithm>
#include <cstdint>
#include <cstring>

#include <ggml-cpu.h>

#include "onednn/kernels/kernels.h"
#include "onednn/operations.h"
#include "onednn/products/packed_weight.h"
#include "onednn/products/panel_product.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr std::int64_t most_packed_rows = 1024;  // at a time

/// All of a product: its vectors are rows one after the other.
struct Task {
    const ggml_tensor *weight, *x;
    PackedShape shape;
    std::int64_t rows, x_stride;
    float* y;
};

Task task_of(const ggml_tensor* node) {
    const ggml_tensor* x = node->src[1];
    return {.weight = node->src[0],
            .x = x,
            .shape = *packed_shape(node->src[0]),
            .rows = ggml_nrows(x),
            .x_stride = static_cast<std::int64_t>(x->nb[1] / sizeof(float)),
            .y = static_cast<float*>(node->data)};
}

PackedProduct part_of(const Task& task, std::int64_t rows, int threads) {
    const bool direct = task.shape.type == PackedType::f32;
    return {.shape = task.shape,
            .threads = threads,
            .count = rows,
            .x_stride = direct ? task.x_stride : task.shape.columns,
            .y_stride = task.shape.rows};
}

PanelProduct panel_product(const Task& task, const WordPanels& panels) {
    return {.panels = panels,
            .weights = panels_of(task.weight, task.shape),
            .gate = {},
            .x = static_cast<const float*>(task.x->data),
            .x_stride = task.x_stride,
            .count = task.rows,
            .y = task.y,
            .y_stride = task.shape.rows};
}

/// What a part needs: converted activations, their scales, oneDNN's own.
struct Needs {
    std::size_t x = 0, scales = 0, library = 0;

    std::size_t all() const { return x + scales + library; }
};

Needs needs_of(const PackedProduct& part) {
    Needs needs;
    const auto numbers = static_cast<std::size_t>(part.count * part.shape.columns);
    if (part.shape.type == PackedType::bf16) needs.x = whole_lines(2 * numbers);
    if (part.shape.type == PackedType::int8) {
        needs.x = whole_lines(numbers);
        needs.scales = whole_lines(static_cast<std::size_t>(part.count) * sizeof(float));
    }
    needs.library = scratch_bytes(part);
    return needs;
}

void round_rows(const PackedProduct& part, const float* x, std::int64_t stride, std::byte* to) {
    const std::int64_t columns = part.shape.columns;
    auto* const rounded = reinterpret_cast<ggml_bf16_t*>(to);
    share_out(part.threads, part.count, [&](std::int64_t row) {
        ggml_cpu_fp32_to_bf16(x + row * stride, rounded + row * columns, columns);
    });
}

int zero_level() {
    return activation_levels() + 1;
}

void quantize_rows(const PackedProduct& part, const float* x, std::int64_t stride, std::byte* to,
                   float* scales) {
    const Kernels& kernels = best_kernels();
    const std::int64_t columns = part.shape.columns;
    const auto levels = static_cast<float>(activation_levels());
    share_out(part.threads, part.count, [&](std::int64_t row) {
        scales[row] =
            kernels.quantize_row({.values = x + row * stride,
                                  .count = columns,
                                  .levels = levels,
                                  .bytes = reinterpret_cast<std::uint8_t*>(to) + row * columns,
                                  .zero = zero_level()});
    });
}

/// Sums of 32 bits become f32 where they are.
void scale_results(const PackedProduct& part, const ggml_tensor* weight, const float* scales,
                   float* y) {
    const PackedWeight layout = layout_of(part.shape);
    const auto* base = static_cast<const std::byte*>(weight->data);
    const auto* weight_scales = reinterpret_cast<const float*>(base + layout.scales);
    const auto* sums = reinterpret_cast<const std::int32_t*>(base + layout.sums);
    const std::int32_t zero = zero_level();
    share_out(part.threads, part.count, [&](std::int64_t row) {
        float* const results = y + row * part.y_stride;
        for (std::int64_t i = 0; i < part.shape.rows; ++i) {
            std::int32_t sum = 0;
            std::memcpy(&sum, results + i, sizeof sum);
            results[i] = scales[row] * weight_scales[i] * static_cast<float>(sum - zero * sums[i]);
        }
    });
}

void compute_part(const Task& task, const PackedProduct& part, std::int64_t first,
                  Scratch& scratch) {
    const Needs needs = needs_of(part);
    std::byte* const converted = scratch.at_least(needs.all());
    auto* const scales = reinterpret_cast<float*>(converted + needs.x);
    const float* const x = static_cast<const float*>(task.x->data) + first * task.x_stride;
    float* const y = task.y + first * part.y_stride;
    const PackedType type = part.shape.type;
    if (type == PackedType::bf16) round_rows(part, x, task.x_stride, converted);
    if (type == PackedType::int8) quantize_rows(part, x, task.x_stride, converted, scales);
    multiply(part, {.weights = task.weight->data,
                    .x = type == PackedType::f32 ? static_cast<const void*>(x) : converted,
                    .y = y,
                    .scratch = converted + needs.x + needs.scales});
    if (type == PackedType::int8) scale_results(part, task.weight, scales, y);
}

}  // namespace

bool has_even_rows(const ggml_tensor* x) {
    const bool even =
        (x->ne[2] == 1 || x->nb[2] == static_cast<std::size_t>(x->ne[1]) * x->nb[1]) &&
        (x->ne[3] == 1 || x->nb[3] == static_cast<std::size_t>(x->ne[2]) * x->nb[2]);
    const bool apart = x->ne[1] == 1 || x->nb[1] >= static_cast<std::size_t>(x->ne[0]) * x->nb[0];
    return x->type == GGML_TYPE_F32 && x->nb[0] == sizeof(float) && even && apart;
}

bool is_packed_product(const ggml_tensor* node) {
    return node->op == GGML_OP_MUL_MAT && is_packed(node->src[0]) && has_even_rows(node->src[1]) &&
           !ggml_is_empty(node) && packed_shape(node->src[0]).has_value();
}

std::size_t packed_product_scratch(const ggml_tensor* node, int threads) {
    const Task task = task_of(node);
    if (const auto panels = word_panels(task.shape))
        return panel_product_scratch(*panels, task.rows);
    std::size_t most = 0;
    for (const std::int64_t rows :
         {std::min(task.rows, most_packed_rows), task.rows % most_packed_rows})
        if (rows > 0) most = std::max(most, needs_of(part_of(task, rows, threads)).all());
    return most;
}

void compute_packed_product(const ggml_tensor* node, int threads, Scratch& scratch) {
    const Task task = task_of(node);
    if (const auto panels = word_panels(task.shape)) {
        compute_panel_product(best_kernels(), panel_product(task, *panels), threads,
                              scratch.at_least(panel_product_scratch(*panels, task.rows)));
        return;
    }
    for (std::int64_t first = 0; first < task.rows; first += most_packed_rows) {
        const std::int64_t rows = std::min(most_packed_rows, task.rows - first);
        compute_part(task, part_of(task, rows, threads), first, scratch);
    }
}

std::byte* Scratch::at_least(std::size_t bytes) {
    if (bytes_.size() < bytes + cache_line) {
        bytes_.clear();  // so that growing copies nothing
        bytes_.shrink_to_fit();
        bytes_.resize(bytes + cache_line);
    }
    const auto address = reinterpret_cast<std::uintptr_t>(bytes_.data());
    return bytes_.data() + (cache_line - address % cache_line) % cache_line;
}

}  // namespace acestep::onednn
