#include "onednn/convolutions/snake.h"

#include <algorithm>

#include "acestep/error.h"
#include "onednn/custom_node.h"
#include "onednn/kernels/kernels.h"
#include "onednn/operations.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

// Of a chunk: enough work to be worth taking, small enough for all threads to end together.
constexpr std::int64_t chunk_floats = 16 * 1024;

std::int64_t rows_at_once(const ggml_tensor* node) {
    return std::max<std::int64_t>(1, chunk_floats / node->ne[0]);
}

std::int64_t chunks(const ggml_tensor* node) {
    const std::int64_t rows = rows_at_once(node);
    return (node->ne[1] + rows - 1) / rows;
}

void compute_chunk(const ggml_tensor* node, std::int64_t chunk) {
    const ggml_tensor* x = node->src[0];
    const Finish finish{.alpha = floats_of(node->src[1]), .inverse_beta = floats_of(node->src[2])};
    const std::int64_t first = chunk * rows_at_once(node);
    const std::int64_t last = std::min(node->ne[1], first + rows_at_once(node));
    const auto row = [](const ggml_tensor* tensor, std::int64_t i) {
        return static_cast<char*>(tensor->data) + static_cast<std::size_t>(i) * tensor->nb[1];
    };
    best_kernels().finish(finish,
                          {.from = reinterpret_cast<const float*>(row(x, first)),
                           .from_stride = static_cast<std::int64_t>(x->nb[1] / sizeof(float)),
                           .to = reinterpret_cast<float*>(row(node, first)),
                           .to_stride = static_cast<std::int64_t>(node->nb[1] / sizeof(float)),
                           .count = last - first,
                           .columns = node->ne[0]});
}

/// ggml's signature for an operation of ours, called on each of its threads.
void snake_rows(ggml_tensor* result, int thread, int count, void*) {
    for (std::int64_t chunk = thread; chunk < chunks(result); chunk += count)
        compute_chunk(result, chunk);
}

}  // namespace

ggml_tensor* snake(ggml_context* context, ggml_tensor* x, ggml_tensor* alpha,
                   ggml_tensor* inverse_beta) {
    if (!is_signal(x) || x->ne[0] <= 0 || !is_row(alpha, x->ne[0]) ||
        !is_row(inverse_beta, x->ne[0]))
        throw Error(ErrorCode::internal, "Snake takes rows of f32 and a number for each column.");
    ggml_tensor* sources[] = {x, alpha, inverse_beta};
    return ggml_custom_4d(context, GGML_TYPE_F32, x->ne[0], x->ne[1], 1, 1, sources, 3, snake_rows,
                          GGML_N_TASKS_MAX, nullptr);
}

bool is_snake(const ggml_tensor* node) {
    return calls(node, snake_rows);
}

void compute_snake(const ggml_tensor* node, int threads) {
    share_out(threads, chunks(node), [&](std::int64_t chunk) { compute_chunk(node, chunk); });
}

}  // namespace acestep::onednn
