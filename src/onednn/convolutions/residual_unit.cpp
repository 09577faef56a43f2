#include "onednn/convolutions/residual_unit.h"

#include <algorithm>

#include "acestep/error.h"
#include "onednn/convolutions/prepared_convolution.h"
#include "onednn/custom_node.h"
#include "onednn/operations.h"
#include "onednn/team.h"

namespace acestep::onednn {
namespace {

constexpr int dilation_parameter = first_parameter;
constexpr std::int64_t wide_taps = 7;
// Results of a block: whole tiles of Winograd's filtering in every dilation, and with the frames
// around them not too many for a second-level cache.
constexpr std::int64_t block_frames = 378;
constexpr std::int64_t most_channels = 256;

enum Source {
    signal,
    wide,
    wide_bias,
    alpha1,
    inverse_beta1,
    alpha2,
    inverse_beta2,
    narrow,
    narrow_bias,
    source_count
};
static_assert(source_count <= GGML_MAX_SRC);

/// The unit of a node. What it works on: ordered weights, and for each thread the frames of a block
/// after the first Snake, and after the wide convolution.
class Unit {
public:
    Unit(const Kernels& kernels, const ggml_tensor* node)
        : kernels_(kernels),
          node_(node),
          channels_(node->ne[0]),
          length_(node->ne[1]),
          dilation_(node->op_params[dilation_parameter]),
          wide_(kernels, wide_product(nullptr, length_)),
          narrow_(kernels, narrow_product(nullptr, length_)) {}

    std::size_t scratch_bytes(int threads) const {
        return wide_bytes() + narrow_.bytes() +
               static_cast<std::size_t>(threads * frame_floats()) * sizeof(float);
    }

    double share_of_product_time() const {
        constexpr double all = wide_taps + 1;
        return (wide_taps * wide_.share_of_product_time() + narrow_.share_of_product_time()) / all;
    }

    void compute(int threads, std::byte* scratch) {
        wide_.prepare(threads, scratch);
        narrow_.prepare(threads, scratch + wide_bytes());
        auto* const frames = reinterpret_cast<float*>(scratch + wide_bytes() + narrow_.bytes());
        share_out_numbered(
            threads, divided(length_, block_frames), [&](std::int64_t chunk, int thread) {
                compute_block(chunk * block_frames, frames + thread * frame_floats());
            });
    }

private:
    std::int64_t padding() const { return wide_taps / 2 * dilation_; }
    std::int64_t around() const { return block_frames + 2 * padding(); }
    std::int64_t frame_floats() const { return (around() + block_frames) * channels_; }
    std::size_t wide_bytes() const { return (wide_.bytes() + 63) / 64 * 64; }

    const ggml_tensor* source(Source which) const { return node_->src[which]; }

    /// From frames with their surroundings.
    Product wide_product(const float* frames, std::int64_t count) const {
        return {.matrix = matrix_of(source(wide)),
                .rows = {.data = frames,
                         .count = count,
                         .length = count + 2 * padding(),
                         .row_stride = channels_,
                         .channels = channels_,
                         .taps = wide_taps,
                         .dilation = dilation_},
                .result_stride = channels_,
                .finish = {.bias = floats_of(source(wide_bias)),
                           .alpha = floats_of(source(alpha2)),
                           .inverse_beta = floats_of(source(inverse_beta2))}};
    }

    Product narrow_product(const float* frames, std::int64_t count) const {
        return {.matrix = matrix_of(source(narrow)),
                .rows = {.data = frames,
                         .count = count,
                         .length = count,
                         .row_stride = channels_,
                         .channels = channels_},
                .result_stride = channels_};
    }

    /// The frames around a block after the first Snake, which leaves zeros what they are.
    void load(std::int64_t first, std::int64_t count, float* to) const {
        const std::int64_t begin = first - padding(), all = count + 2 * padding();
        const std::int64_t before = std::clamp<std::int64_t>(-begin, 0, all);
        const std::int64_t inside = std::clamp<std::int64_t>(length_ - begin, before, all) - before;
        std::fill_n(to, before * channels_, 0.0f);
        std::fill_n(to + (before + inside) * channels_, (all - before - inside) * channels_, 0.0f);
        kernels_.finish(
            {.alpha = floats_of(source(alpha1)), .inverse_beta = floats_of(source(inverse_beta1))},
            {.from = floats_of(source(signal)) + (begin + before) * channels_,
             .from_stride = channels_,
             .to = to + before * channels_,
             .to_stride = channels_,
             .count = inside,
             .columns = channels_});
    }

    void compute_block(std::int64_t first, float* frames) const {
        const std::int64_t count = std::min(block_frames, length_ - first);
        float* const between = frames + around() * channels_;
        load(first, count, frames);
        Product part = wide_product(frames, count);
        part.result = between;
        wide_.compute(part);
        part = narrow_product(between, count);
        part.result = frames;  // which are not needed any more
        narrow_.compute(part);
        // Results go past the cache: those of all blocks would not fit, and room for them would
        // have to be read first.
        kernels_.finish({.bias = floats_of(source(narrow_bias)),
                         .residual = floats_of(source(signal)) + first * channels_,
                         .residual_stride = channels_},
                        {.from = frames,
                         .from_stride = channels_,
                         .to = static_cast<float*>(node_->data) + first * channels_,
                         .to_stride = channels_,
                         .count = count,
                         .columns = channels_,
                         .leaves_cache = true});
    }

    const Kernels& kernels_;
    const ggml_tensor* node_;
    std::int64_t channels_, length_, dilation_;
    PreparedConvolution wide_, narrow_;
};

/// ggml's signature for an operation of ours, called on each of its threads.
void unit_operation(ggml_tensor* result, int thread, int, void*) {
    if (thread > 0) return;
    Scratch scratch;
    compute_residual_unit(result, 1, scratch);
}

bool is_matrix(const ggml_tensor* tensor, std::int64_t rows, std::int64_t columns) {
    return tensor->ne[0] == columns && tensor->ne[1] == rows && ggml_nrows(tensor) == rows;
}

}  // namespace

bool gains_as_one(const ResidualUnitNode& node) {
    return node.x->ne[0] <= most_channels && node.x->ne[1] >= 2 * block_frames &&
           ggml_is_contiguous(node.x);
}

ggml_tensor* residual_unit(ggml_context* context, const ResidualUnitNode& node) {
    const std::int64_t channels = node.x->ne[0];
    ggml_tensor* sources[source_count] = {};
    sources[signal] = node.x;
    sources[wide] = node.wide;
    sources[wide_bias] = node.wide_bias;
    sources[alpha1] = node.snake1.alpha;
    sources[inverse_beta1] = node.snake1.inverse_beta;
    sources[alpha2] = node.snake2.alpha;
    sources[inverse_beta2] = node.snake2.inverse_beta;
    sources[narrow] = node.narrow;
    sources[narrow_bias] = node.narrow_bias;
    bool fits = is_signal(node.x) && ggml_is_contiguous(node.x) && node.x->ne[1] > 0 &&
                node.dilation > 0 && is_matrix(node.wide, channels, wide_taps * channels) &&
                is_matrix(node.narrow, channels, channels);
    for (const Source row : {wide_bias, alpha1, inverse_beta1, alpha2, inverse_beta2, narrow_bias})
        fits = fits && is_row(sources[row], channels);
    if (!fits)
        throw Error(ErrorCode::internal, "A residual unit has to be of one number of channels.");
    ggml_tensor* result =
        ggml_custom_4d(context, GGML_TYPE_F32, channels, node.x->ne[1], 1, 1, sources, source_count,
                       unit_operation, GGML_N_TASKS_MAX, nullptr);
    result->op_params[dilation_parameter] = static_cast<std::int32_t>(node.dilation);
    return result;
}

bool is_residual_unit(const ggml_tensor* node) {
    return calls(node, unit_operation);
}

double unit_share_of_product_time(const ggml_tensor* node) {
    return Unit(best_kernels(), node).share_of_product_time();
}

std::size_t residual_unit_scratch(const ggml_tensor* node, int threads) {
    return Unit(best_kernels(), node).scratch_bytes(threads);
}

void compute_residual_unit(const ggml_tensor* node, int threads, Scratch& scratch) {
    Unit unit(best_kernels(), node);
    unit.compute(threads, scratch.at_least(unit.scratch_bytes(threads)));
}

}  // namespace acestep::onednn
