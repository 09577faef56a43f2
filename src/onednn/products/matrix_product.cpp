// GGML_OP_MUL_MAT with weights of any type where and as they are: result[b][m][n] = Σ
// weight[b'][n][k] · x[b][m][k], where some b share a b' (grouped heads, for one).
#include <cstdint>

#include "onednn/custom_node.h"
#include "onednn/operations.h"
#include "onednn/products/direct_product.h"
#include "onednn/products/product.h"
#include "onednn/products/word_product.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

// Below, a product is bound by memory, and making panels of the weights costs more than they gain.
constexpr std::int64_t least_rows = 32;
// Below, waking threads costs more than the product.
constexpr std::int64_t least_products = 1 << 15;

const float* matrix_at(const ggml_tensor* tensor, std::int64_t matrix, std::int64_t item) {
    return reinterpret_cast<const float*>(at(tensor, 0, matrix, item));
}

/// ggml multiplies halves without widening them into memory, with AVX2 a fifth faster than here.
bool is_better_left(const ggml_tensor* weight) {
    return weight->type == GGML_TYPE_F16 && best_instruction_set() == InstructionSet::x86_64_v3;
}

bool is_readable(const ggml_tensor* weight) {
    if (is_packed(weight) || is_better_left(weight)) return false;
    if (weight->nb[0] != ggml_type_size(weight->type)) return false;
    return weight->type == GGML_TYPE_F32 || ggml_get_type_traits(weight->type)->to_float;
}

/// One product of a batch.
Product product_at(const ggml_tensor* node, std::int64_t batch) {
    const ggml_tensor* weight = node->src[0];
    const ggml_tensor* x = node->src[1];
    const std::int64_t i2 = batch % node->ne[2], i3 = batch / node->ne[2];
    const std::int64_t w2 = i2 / (node->ne[2] / weight->ne[2]);
    const std::int64_t w3 = i3 / (node->ne[3] / weight->ne[3]);
    Product product;
    product.matrix = matrix_of(weight);
    product.matrix.data = at(weight, 0, w2, w3);
    product.rows = {.data = matrix_at(x, i2, i3),
                    .count = x->ne[1],
                    .length = x->ne[1],
                    .row_stride = static_cast<std::int64_t>(x->nb[1] / sizeof(float)),
                    .channels = x->ne[0]};
    product.result = const_cast<float*>(matrix_at(node, i2, i3));
    product.result_stride = static_cast<std::int64_t>(node->nb[1] / sizeof(float));
    return product;
}

/// One product alone; those of a batch are small.
bool is_alone(const ggml_tensor* node) {
    return node->ne[2] * node->ne[3] == 1;
}

bool is_direct_product(const ggml_tensor* node) {
    return is_alone(node) && suits_direct_product(best_kernels(), product_at(node, 0));
}

bool is_word_product(const ggml_tensor* node) {
    return is_alone(node) && suits_words(best_kernels(), product_at(node, 0));
}

}  // namespace

bool is_plain_product(const ggml_tensor* node) {
    if (node->op != GGML_OP_MUL_MAT || node->type != GGML_TYPE_F32) return false;
    const ggml_tensor* x = node->src[1];
    if (x->type != GGML_TYPE_F32 || x->nb[0] != sizeof(float)) return false;
    if (!is_readable(node->src[0]) || ggml_is_empty(node)) return false;
    if (ggml_nelements(node) * x->ne[0] < least_products) return false;
    return node->ne[1] >= least_rows ||
           (node->ne[1] >= least_direct_vectors && is_direct_product(node));
}

std::size_t plain_product_scratch(const ggml_tensor* node, int threads) {
    if (is_direct_product(node)) return direct_product_scratch(product_at(node, 0));
    return is_word_product(node) ? word_product_scratch(product_at(node, 0), threads) : 0;
}

void compute_plain_product(const ggml_tensor* node, int threads, Scratch& scratch) {
    const Kernels& kernels = best_kernels();
    if (is_direct_product(node)) {
        compute_direct_product(kernels, product_at(node, 0), threads,
                               scratch.at_least(plain_product_scratch(node, threads)));
        return;
    }
    if (is_word_product(node)) {
        compute_word_product(kernels, product_at(node, 0), threads,
                             scratch.at_least(plain_product_scratch(node, threads)));
        return;
    }
    const std::int64_t batch = node->ne[2] * node->ne[3];
    const int threads_of_one = batch >= 4 * threads ? 1 : threads;
    const std::int64_t parts = chunks(product_at(node, 0), threads_of_one);
    share_out(threads, batch * parts, [&](std::int64_t chunk) {
        compute_chunk(kernels, product_at(node, chunk / parts), chunk % parts, parts);
    });
}

}  // namespace acestep::onednn
