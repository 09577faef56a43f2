#include "models/convolution.h"

#include <vector>

#include "models/convolution_weights.h"
#include "onednn/convolutions/convolution.h"

namespace acestep::models {
namespace {

ggml_tensor* padded(runtime::Graph& graph, ggml_tensor* x, std::int64_t before,
                    std::int64_t after) {
    if (before == 0 && after == 0) return x;
    // As one long row: ggml's CUDA kernel takes no more than 65,535 of them.
    ggml_context* ctx = graph.context();
    const std::int64_t channels = x->ne[0];
    x = ggml_reshape_1d(ctx, ggml_is_contiguous(x) ? x : ggml_cont(ctx, x), ggml_nelements(x));
    x = ggml_pad_ext(ctx, x, static_cast<int>(before * channels),
                     static_cast<int>(after * channels), 0, 0, 0, 0, 0, 0);
    return ggml_reshape_2d(ctx, x, channels, x->ne[0] / channels);
}

/// Without dilation: windows of K frames, `stride` frames apart.
ggml_tensor* direct(runtime::Graph& graph, const Convolution& convolution, ggml_tensor* x) {
    x = padded(graph, x, convolution.padding, convolution.padding);
    const std::int64_t channels = x->ne[0];
    if (convolution.kernel == 1 && convolution.stride == 1) {
        return graph.product(convolution.weight, x);
    }
    const std::int64_t length = (x->ne[1] - convolution.kernel) / convolution.stride + 1;
    ggml_tensor* windows =
        graph.sliding_view(x, {length, convolution.kernel * channels},
                           {static_cast<std::size_t>(convolution.stride) * x->nb[1], x->nb[0]});
    return graph.product(convolution.weight, windows);
}

/// With dilation d and stride 1: frames r, r + d, r + 2d, … of each phase r laid side by side.
ggml_tensor* dilated(runtime::Graph& graph, const Convolution& convolution, ggml_tensor* x) {
    ggml_context* ctx = graph.context();
    const std::int64_t d = convolution.dilation, channels = x->ne[0];
    const std::int64_t span = d * (convolution.kernel - 1);
    const std::int64_t length = x->ne[1] + 2 * convolution.padding - span;
    const std::int64_t rows = (length + d - 1) / d;                // of each phase in the result
    const std::int64_t all = (rows + convolution.kernel - 1) * d;  // frames of the padded source
    x = padded(graph, x, convolution.padding, all - x->ne[1] - convolution.padding);
    x = ggml_reshape_3d(ctx, x, channels, d, all / d);
    x = ggml_cont(ctx, ggml_permute(ctx, x, 0, 2, 1, 3));  // [d, all / d, C]
    ggml_tensor* windows = graph.sliding_view(x, {d, rows, convolution.kernel * channels},
                                              {x->nb[2], x->nb[1], x->nb[0]});
    ggml_tensor* y = graph.product(convolution.weight, windows);  // [d, rows, out]
    y = ggml_cont(ctx, ggml_permute(ctx, y, 0, 2, 1, 3));         // [rows, d, out]
    return ggml_view_2d(ctx, y, y->ne[0], length, y->nb[1], 0);
}

ggml_tensor* on_processor(runtime::Graph& graph, const Convolution& convolution, ggml_tensor* x,
                          const Finish& finish) {
    onednn::ConvolutionNode node{.x = x,
                                 .weight = convolution.weight,
                                 .kernel = convolution.kernel,
                                 .stride = convolution.stride,
                                 .padding = convolution.padding,
                                 .dilation = convolution.dilation,
                                 .bias = convolution.bias,
                                 .residual = finish.residual};
    if (finish.snake) {
        node.alpha = finish.snake->alpha;
        node.inverse_beta = finish.snake->inverse_beta;
    }
    return onednn::convolution(graph.context(), node);
}

/// Both neighbours of every frame, and one that is absent at either end: `[L + 1, stride · out]`.
ggml_tensor* phases(runtime::Graph& graph, const TransposedConvolution& convolution,
                    ggml_tensor* x) {
    if (graph.device().has_own_kernels()) {
        return onednn::convolution(graph.context(), {.x = x,
                                                     .weight = convolution.weight,
                                                     .kernel = 2,
                                                     .padding = 1,
                                                     .bias = convolution.bias});
    }
    ggml_tensor* source = padded(graph, x, 1, 1);
    ggml_tensor* pairs =
        graph.sliding_view(source, {x->ne[1] + 1, 2 * x->ne[0]}, {source->nb[1], source->nb[0]});
    return ggml_add(graph.context(), graph.product(convolution.weight, pairs), convolution.bias);
}

}  // namespace

Convolution declare_convolution(runtime::WeightSet& weights, const std::string& name,
                                const ConvolutionShape& shape) {
    Convolution result;
    result.weight = declare_kernel_major(weights, name, {shape.out, shape.in, shape.kernel});
    if (shape.bias) result.bias = weights.exact(name + ".bias", {shape.out});
    result.kernel = shape.kernel;
    result.stride = shape.stride;
    result.padding = shape.padding;
    result.dilation = shape.dilation;
    return result;
}

ggml_tensor* apply(runtime::Graph& graph, const Convolution& convolution, ggml_tensor* x,
                   const Finish& finish) {
    if (graph.device().has_own_kernels()) return on_processor(graph, convolution, x, finish);
    ggml_tensor* y =
        convolution.dilation == 1 ? direct(graph, convolution, x) : dilated(graph, convolution, x);
    if (convolution.bias) y = ggml_add(graph.context(), y, convolution.bias);
    if (finish.snake) y = apply(graph, *finish.snake, y);
    return finish.residual ? ggml_add(graph.context(), y, finish.residual) : y;
}

TransposedConvolution declare_transposed_convolution(runtime::WeightSet& weights,
                                                     const std::string& name, std::int64_t in,
                                                     std::int64_t out, std::int64_t stride) {
    TransposedConvolution result;
    result.weight = declare_polyphase(weights, name, {in, out, 2 * stride});
    weights.require(name + ".bias", {out});
    result.bias = weights.computed(name + ".bias", {stride * out}, runtime::WeightRole::exact,
                                   [=](const runtime::WeightReader& reader) {
                                       const Array bias = reader.read(name + ".bias", {out});
                                       std::vector<float> repeated;
                                       for (std::int64_t phase = 0; phase < stride; ++phase)
                                           repeated.insert(repeated.end(), bias.values.begin(),
                                                           bias.values.end());
                                       return repeated;
                                   });
    result.out = out;
    result.stride = stride;
    return result;
}

ggml_tensor* apply(runtime::Graph& graph, const TransposedConvolution& convolution,
                   ggml_tensor* x) {
    ggml_context* ctx = graph.context();
    const std::int64_t stride = convolution.stride;
    ggml_tensor* y = phases(graph, convolution, x);
    y = ggml_reshape_2d(ctx, y, convolution.out, (x->ne[1] + 1) * stride);
    const std::int64_t crop = (stride + 1) / 2;
    return ggml_view_2d(ctx, y, convolution.out, y->ne[1] - 2 * crop, y->nb[1],
                        static_cast<std::size_t>(crop) * y->nb[1]);
}

}  // namespace acestep::models
