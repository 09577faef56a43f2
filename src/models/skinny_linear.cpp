#include "models/skinny_linear.h"

#include <cassert>
#include <optional>

#include "processor/skinny_product.h"

namespace acestep::models {
namespace {

using processor::MatrixType;

std::optional<MatrixType> matrix_type(ggml_type type) {
    switch (type) {
        case GGML_TYPE_F32: return MatrixType::f32;
        case GGML_TYPE_F16: return MatrixType::f16;
        case GGML_TYPE_BF16: return MatrixType::bf16;
        case GGML_TYPE_Q8_0: return MatrixType::q8_0;
        default: return std::nullopt;
    }
}

/// ggml calls this on one thread; the pool does the rest.
void operation(ggml_tensor* result, int, int, void* pool) {
    const ggml_tensor* weight = result->src[0];
    const ggml_tensor* x = result->src[1];
    const processor::Matrix matrix{.data = weight->data,
                                   .type = *matrix_type(weight->type),
                                   .rows = weight->ne[1],
                                   .columns = weight->ne[0],
                                   .row_bytes = weight->nb[1]};
    processor::skinny_product(*static_cast<processor::ThreadPool*>(pool), matrix,
                              static_cast<const float*>(x->data), x->ne[0],
                              static_cast<float*>(result->data), result->ne[0], ggml_nrows(x));
}

}  // namespace

bool has_skinny_kernel(ggml_type type) {
    return matrix_type(type).has_value();
}

ggml_tensor* skinny_linear(runtime::Graph& graph, ggml_tensor* weight, ggml_tensor* x) {
    assert(graph.uses_pool() && has_skinny_kernel(weight->type));
    assert(x->type == GGML_TYPE_F32 && ggml_is_contiguous(x) && x->ne[0] == weight->ne[0]);
    ggml_tensor* sources[] = {weight, x};
    return ggml_custom_4d(graph.context(), GGML_TYPE_F32, weight->ne[1], x->ne[1], x->ne[2],
                          x->ne[3], sources, 2, operation, 1, &graph.device().pool());
}

}  // namespace acestep::models
