#include "onednn/convolutions/convolution.h"

#include <fmt/format.h>

#include "acestep/error.h"
#include "onednn/convolutions/few_outputs.h"
#include "onednn/convolutions/prepared_convolution.h"
#include "onednn/convolutions/winograd.h"
#include "onednn/custom_node.h"
#include "onednn/operations.h"
#include "onednn/products/product.h"
#include "onednn/products/word_product.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

// The node carries its geometry where ggml keeps the parameters of operations.
enum Parameter { kernel, stride, padding, dilation, parts, parameter_count };
static_assert((first_parameter + parameter_count) * sizeof(std::int32_t) <= GGML_MAX_OP_PARAMS);

// Which of the optional sources there are; they follow x and weight in this order.
enum Part { has_bias = 1, has_snake = 2, has_residual = 4 };

// Results of so many bytes are not found in a cache by who reads them.
constexpr std::size_t large_result = 16 << 20;

std::int32_t parameter(const ggml_tensor* node, Parameter which) {
    return node->op_params[first_parameter + which];
}

Finish finish_of(const ggml_tensor* node) {
    const std::int32_t present = parameter(node, parts);
    ggml_tensor* const* source = node->src + 2;
    Finish finish;
    if (present & has_bias) finish.bias = floats_of(*source++);
    if (present & has_snake) {
        finish.alpha = floats_of(*source++);
        finish.inverse_beta = floats_of(*source++);
    }
    if (present & has_residual) {
        finish.residual_stride = static_cast<std::int64_t>((*source)->nb[1] / sizeof(float));
        finish.residual = floats_of(*source);
    }
    return finish;
}

Product product_of(const ggml_tensor* node) {
    const ggml_tensor* x = node->src[0];
    const ggml_tensor* weight = node->src[1];
    return {.matrix = matrix_of(weight),
            .rows = {.data = floats_of(x),
                     .count = node->ne[1],
                     .length = x->ne[1],
                     .row_stride = static_cast<std::int64_t>(x->nb[1] / sizeof(float)),
                     .channels = x->ne[0],
                     .taps = parameter(node, kernel),
                     .stride = parameter(node, stride),
                     .dilation = parameter(node, dilation),
                     .padding = parameter(node, padding)},
            .result = static_cast<float*>(node->data),
            .result_stride = static_cast<std::int64_t>(node->nb[1] / sizeof(float)),
            .finish = finish_of(node),
            .leaves_cache = ggml_nbytes(node) >= large_result};
}

/// ggml's signature for an operation of ours, called on each of its threads.
void operation(ggml_tensor* result, int thread, int count, void*) {
    const Product product = product_of(result);
    const std::int64_t all = chunks(product, count);
    for (std::int64_t chunk = thread; chunk < all; chunk += count)
        compute_chunk(best_kernels(), product, chunk, all);
}

[[noreturn]] void refuse(const ConvolutionNode& node, const char* what) {
    throw Error(
        ErrorCode::internal,
        fmt::format("A convolution of {} frames x {} channels by {} x {} weights: {}.",
                    node.x->ne[1], node.x->ne[0], node.weight->ne[1], node.weight->ne[0], what));
}

std::int64_t checked_length(const ConvolutionNode& node) {
    const ggml_tensor* x = node.x;
    if (!is_signal(x)) refuse(node, "the signal has to be rows of f32");
    if (node.weight->ne[0] != node.kernel * x->ne[0])
        refuse(node, "a row of weights has to be kernel times channels");
    const std::int64_t span = node.dilation * (node.kernel - 1) + 1;
    const std::int64_t room = x->ne[1] + 2 * node.padding - span;
    if (x->ne[1] <= 0 || room < 0) refuse(node, "no frame would come out");
    return room / node.stride + 1;
}

void check_finish(const ConvolutionNode& node, std::int64_t length) {
    const std::int64_t out = node.weight->ne[1];
    for (const ggml_tensor* row : {node.bias, node.alpha, node.inverse_beta})
        if (row && !is_row(row, out)) refuse(node, "bias and Snake have to be rows of f32");
    if (!node.alpha != !node.inverse_beta) refuse(node, "Snake has to have both its rows");
    const ggml_tensor* residual = node.residual;
    if (residual && (residual->type != GGML_TYPE_F32 || residual->nb[0] != sizeof(float) ||
                     residual->ne[0] != out || ggml_nrows(residual) != length))
        refuse(node, "what is added has to have the shape of the result");
}

}  // namespace

ggml_tensor* convolution(ggml_context* context, const ConvolutionNode& node) {
    const std::int64_t length = checked_length(node);
    check_finish(node, length);
    ggml_tensor* sources[6] = {node.x, node.weight};
    int count = 2, present = 0;
    const auto add = [&](ggml_tensor* source, Part part) {
        if (!source) return;
        sources[count++] = source;
        present |= part;
    };
    add(node.bias, has_bias);
    add(node.alpha, has_snake);
    add(node.inverse_beta, has_snake);
    add(node.residual, has_residual);
    ggml_tensor* result = ggml_custom_4d(context, GGML_TYPE_F32, node.weight->ne[1], length, 1, 1,
                                         sources, count, operation, GGML_N_TASKS_MAX, nullptr);
    const std::int64_t values[parameter_count] = {node.kernel, node.stride, node.padding,
                                                  node.dilation, present};
    for (int i = 0; i < parameter_count; ++i)
        result->op_params[first_parameter + i] = static_cast<std::int32_t>(values[i]);
    return result;
}

bool is_convolution(const ggml_tensor* node) {
    return calls(node, operation);
}

double convolution_share_of_product_time(const ggml_tensor* node) {
    return PreparedConvolution(best_kernels(), product_of(node)).share_of_product_time();
}

std::size_t convolution_scratch(const ggml_tensor* node, int threads) {
    const Product product = product_of(node);
    const Kernels& kernels = best_kernels();
    if (has_few_outputs(product)) return few_outputs_scratch(kernels, product, threads);
    switch (method_for(kernels, product)) {
        case ConvolutionMethod::winograd: return winograd_scratch(kernels, product, threads);
        case ConvolutionMethod::words: return word_product_scratch(product, threads);
        case ConvolutionMethod::direct: break;
    }
    return 0;
}

void compute_convolution(const ggml_tensor* node, int threads, Scratch& scratch) {
    const Product product = product_of(node);
    const Kernels& kernels = best_kernels();
    std::byte* const weights = scratch.at_least(convolution_scratch(node, threads));
    if (has_few_outputs(product)) {
        compute_few_outputs(kernels, product, threads, weights);
        return;
    }
    switch (method_for(kernels, product)) {
        case ConvolutionMethod::winograd:
            compute_winograd(kernels, product, threads, reinterpret_cast<float*>(weights));
            return;
        case ConvolutionMethod::words:
            compute_word_product(kernels, product, threads, weights);
            return;
        case ConvolutionMethod::direct: break;
    }
    const std::int64_t all = chunks(product, threads);
    share_out(threads, all,
              [&](std::int64_t chunk) { compute_chunk(kernels, product, chunk, all); });
}

}  // namespace acestep::onednn
