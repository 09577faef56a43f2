#include "models/convolution.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "onednn/convolutions/convolution.h"

namespace acestep::models {
namespace {

using runtime::Shape;
using runtime::WeightReader;
using runtime::WeightRole;

/// Names under which the magnitude and the direction of a normed weight are stored.
struct NormedNames {
    std::string magnitude, direction;
};

NormedNames normed_names(const std::string& name, bool parametrized) {
    return parametrized ? NormedNames{name + ".parametrizations.weight.original0",
                                      name + ".parametrizations.weight.original1"}
                        : NormedNames{name + ".weight_g", name + ".weight_v"};
}

/// The weight [n, m, K], folded if stored normed: g · v / ‖v‖ per index of dimension 0.
Array read_weight(const WeightReader& reader, const std::string& name, const Shape& shape) {
    if (reader.has(name + ".weight")) return reader.read(name + ".weight", shape);
    const NormedNames names =
        normed_names(name, reader.has(name + ".parametrizations.weight.original1"));
    const Array magnitude = reader.read(names.magnitude, {shape[0], 1, 1});
    Array weight = reader.read(names.direction, shape);
    for (std::int64_t i = 0; i < shape[0]; ++i) {
        double squares = 0;
        for (const float v : weight.slice(i)) squares += double(v) * double(v);
        const auto factor = static_cast<float>(magnitude.slice(i)[0] / std::sqrt(squares));
        for (float& v : weight.slice(i)) v *= factor;
    }
    return weight;
}

/// Fails now rather than when loading if the weight is missing in every form.
void require_weight(const runtime::WeightSet& weights, const std::string& name,
                    const Shape& shape) {
    if (weights.has(name + ".weight")) {
        weights.require(name + ".weight", shape);
        return;
    }
    const NormedNames names =
        normed_names(name, weights.has(name + ".parametrizations.weight.original1"));
    weights.require(names.magnitude, {shape[0], 1, 1});
    weights.require(names.direction, shape);
}

/// [out, in, K] → [out, K · in]
std::vector<float> kernel_major(const Array& weight) {
    const std::int64_t out = weight.dim(0), in = weight.dim(1), kernel = weight.dim(2);
    std::vector<float> result;
    result.reserve(weight.values.size());
    for (std::int64_t o = 0; o < out; ++o) {
        for (std::int64_t k = 0; k < kernel; ++k) {
            for (std::int64_t c = 0; c < in; ++c) {
                result.push_back(
                    weight.values[static_cast<std::size_t>((o * in + c) * kernel + k)]);
            }
        }
    }
    return result;
}

/// [in, out, 2·stride] → [stride · out, 2 · in]. Output frame b·stride + r gets kernel position
/// stride + r of input frame b − 1 and position r of frame b.
std::vector<float> polyphase(const Array& weight, std::int64_t stride) {
    const std::int64_t in = weight.dim(0), out = weight.dim(1), kernel = weight.dim(2);
    std::vector<float> result(weight.values.size());
    // Some channels at a time: what is read and what is written then share lines of the cache.
    constexpr std::int64_t block = 16;
    for (std::int64_t first = 0; first < in; first += block) {
        const std::int64_t end = std::min(in, first + block);
        for (std::int64_t o = 0; o < out; ++o) {
            for (std::int64_t k = 0; k < kernel; ++k) {
                const std::int64_t before = k < stride ? 1 : 0;
                float* const row = result.data() + ((k % stride * out + o) * 2 + before) * in;
                for (std::int64_t c = first; c < end; ++c)
                    row[c] = weight.values[static_cast<std::size_t>((c * out + o) * kernel + k)];
            }
        }
    }
    return result;
}

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
    const Shape stored{shape.out, shape.in, shape.kernel};
    require_weight(weights, name, stored);
    Convolution result;
    result.weight = weights.computed(name + ".weight", {shape.out, shape.kernel * shape.in},
                                     WeightRole::matrix, [=](const WeightReader& reader) {
                                         return kernel_major(read_weight(reader, name, stored));
                                     });
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
    const Shape stored{in, out, 2 * stride};
    require_weight(weights, name, stored);
    TransposedConvolution result;
    result.weight =
        weights.computed(name + ".weight", {stride * out, 2 * in}, WeightRole::matrix,
                         [=](const WeightReader& reader) {
                             return polyphase(read_weight(reader, name, stored), stride);
                         });
    weights.require(name + ".bias", {out});
    result.bias = weights.computed(
        name + ".bias", {stride * out}, WeightRole::exact, [=](const WeightReader& reader) {
            const Array bias = reader.read(name + ".bias", {out});
            std::vector<float> repeated;
            for (std::int64_t phase = 0; phase < stride; ++phase)
                repeated.insert(repeated.end(), bias.values.begin(), bias.values.end());
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
