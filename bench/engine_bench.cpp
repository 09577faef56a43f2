// How fast the processor's engine computes the operations of the released 2 B model: products,
// attention and convolutions, each alone, in the shapes of 60 s of music.
//
//     engine_bench [threads [part of a name]]                    (2 when not given)
//
// GFLOP/s by the definition of an operation, whatever the engine saves of it: the best and the
// median of some runs, the operations taking turns, since what else runs on the machine changes
// with time. `bench/pytorch_shapes.py` times such shapes with PyTorch.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <ggml-cpp.h>

#include "onednn/attention/windowed_attention.h"
#include "onednn/backend.h"
#include "onednn/convolutions/convolution.h"
#include "onednn/convolutions/residual_unit.h"

namespace {

using namespace acestep;

constexpr int runs = 15;

/// A graph of one operation, whose weight may be packed.
class Operation {
public:
    using Build = std::function<ggml_tensor*(ggml_context* context, ggml_context* weights)>;

    Operation(std::string name, double gflop, bool packed, Build build)
        : name_(std::move(name)), gflop_(gflop), packed_(packed), build_(std::move(build)) {}

    /// Builds the graph, and fills its tensors.
    void prepare() {
        context_ = new_context();
        weights_ = new_context();
        ggml_tensor* result = build_(context_.get(), weights_.get());
        graph_ = ggml_new_graph(context_.get());
        ggml_build_forward_expand(graph_, result);
        const auto plain = ggml_backend_cpu_buffer_type();
        const auto type = packed_ ? onednn::packed_buffer_type() : plain;
        memory_.emplace_back(ggml_backend_alloc_ctx_tensors_from_buft(weights_.get(), type));
        memory_.emplace_back(ggml_backend_alloc_ctx_tensors_from_buft(context_.get(), plain));
        for (ggml_context* context : {weights_.get(), context_.get()})
            for (ggml_tensor* t = ggml_get_first_tensor(context); t;
                 t = ggml_get_next_tensor(context, t))
                fill(t);
    }

    const std::string& name() const { return name_; }

    void run(ggml_backend_t backend) {
        const auto begin = std::chrono::steady_clock::now();
        ggml_backend_graph_compute(backend, graph_);
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        seconds_.push_back(passed.count());
    }

    void print() {
        std::sort(seconds_.begin(), seconds_.end());
        fmt::print("{:<46}{:>9.2f} ms{:>10.0f}{:>10.0f}\n", name_, seconds_[0] * 1e3,
                   gflop_ / seconds_[0], gflop_ / seconds_[seconds_.size() / 2]);
    }

private:
    static ggml_context_ptr new_context() {
        return ggml_context_ptr(
            ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    }

    /// Numbers of ordinary size.
    static void fill(ggml_tensor* tensor) {
        if (tensor->op != GGML_OP_NONE || tensor->view_src) return;
        std::vector<float> row(static_cast<std::size_t>(tensor->ne[0]));
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = static_cast<float>((i * 2654435761u >> 8) % 1000) / 1000.0f - 0.5f;
        std::vector<std::byte> bytes(ggml_nbytes(tensor));
        const std::size_t row_bytes = ggml_row_size(tensor->type, tensor->ne[0]);
        for (std::size_t at = 0; at < bytes.size(); at += row_bytes) {
            if (tensor->type == GGML_TYPE_F32)
                std::memcpy(bytes.data() + at, row.data(), row_bytes);
            else
                ggml_quantize_chunk(tensor->type, row.data(), bytes.data() + at, 0, 1,
                                    tensor->ne[0], nullptr);
        }
        ggml_backend_tensor_set(tensor, bytes.data(), 0, bytes.size());
    }

    std::string name_;
    double gflop_;
    bool packed_;
    Build build_;
    ggml_context_ptr context_, weights_;
    ggml_cgraph* graph_ = nullptr;
    std::vector<ggml_backend_buffer_ptr> memory_;
    std::vector<double> seconds_;
};

Operation product(ggml_type type, bool packed, std::int64_t rows, std::int64_t columns,
                  std::int64_t count) {
    return {fmt::format("{}{}, {} x {} x {}", packed ? "packed " : "", ggml_type_name(type), count,
                        columns, rows),
            2e-9 * static_cast<double>(rows * columns * count), packed,
            [=](ggml_context* context, ggml_context* weights) {
                return ggml_mul_mat(context, ggml_new_tensor_2d(weights, type, columns, rows),
                                    ggml_new_tensor_2d(context, GGML_TYPE_F32, columns, count));
            }};
}

constexpr std::int64_t head_width = 128, heads = 16, key_heads = 8;

/// `[heads, length, width]` as networks have it: the heads of a frame lie together.
ggml_tensor* of_heads(ggml_context* context, ggml_type type, std::int64_t count,
                      std::int64_t length) {
    ggml_tensor* rows = ggml_new_tensor_3d(context, type, head_width, count, length);
    return ggml_permute(context, rows, 0, 2, 1, 3);
}

Operation attention(ggml_type type, std::int64_t queries, std::int64_t keys) {
    return {fmt::format("attention in {}, {} x {}", ggml_type_name(type), queries, keys),
            4e-9 * static_cast<double>(queries * keys * head_width * heads), false,
            [=](ggml_context*, ggml_context* weights) {
                return ggml_flash_attn_ext(
                    weights, of_heads(weights, GGML_TYPE_F32, heads, queries),
                    of_heads(weights, type, key_heads, keys),
                    of_heads(weights, type, key_heads, keys), nullptr, 0.1f, 0, 0);
            }};
}

Operation windowed_attention(ggml_type type, std::int64_t length, std::int64_t window) {
    const std::int64_t pairs = (2 * window + 1) * length - window * (window + 1);
    return {fmt::format("attention in {}, {} within {}", ggml_type_name(type), length, window),
            4e-9 * static_cast<double>(pairs * head_width * heads), false,
            [=](ggml_context*, ggml_context* weights) {
                return onednn::windowed_attention(
                    weights, {.q = of_heads(weights, GGML_TYPE_F32, heads, length),
                              .k = of_heads(weights, type, key_heads, length),
                              .v = of_heads(weights, type, key_heads, length),
                              .scale = 0.1f,
                              .window = window});
            }};
}

struct ConvolutionShape {
    ggml_type type;
    std::int64_t channels, out, kernel, frames;
    std::int64_t dilation = 1;
    bool has_snake = true;
};

Operation convolution(const ConvolutionShape& shape) {
    return {
        fmt::format("convolution by {}, {} to {}, kernel {}{}", ggml_type_name(shape.type),
                    shape.channels, shape.out, shape.kernel, shape.dilation > 1 ? ", dilated" : ""),
        2e-9 * static_cast<double>(shape.channels * shape.out * shape.kernel * shape.frames), false,
        [=](ggml_context* context, ggml_context* weights) {
            onednn::ConvolutionNode node;
            node.x = ggml_new_tensor_2d(context, GGML_TYPE_F32, shape.channels, shape.frames);
            node.weight =
                ggml_new_tensor_2d(weights, shape.type, shape.kernel * shape.channels, shape.out);
            node.kernel = shape.kernel;
            node.dilation = shape.dilation;
            node.padding = shape.kernel / 2 * shape.dilation;
            node.bias = ggml_new_tensor_1d(weights, GGML_TYPE_F32, shape.out);
            if (shape.has_snake)
                for (ggml_tensor** row : {&node.alpha, &node.inverse_beta})
                    *row = ggml_new_tensor_1d(weights, GGML_TYPE_F32, shape.out);
            return onednn::convolution(context, node);
        }};
}

/// As long as in a tile of the decoder.
Operation residual_unit(std::int64_t channels, std::int64_t frames, std::int64_t dilation) {
    return {fmt::format("residual unit of {}{}", channels, dilation > 1 ? ", dilated" : ""),
            2e-9 * static_cast<double>(channels * channels * 8 * frames), false,
            [=](ggml_context* context, ggml_context* weights) {
                const auto row = [&] {
                    return ggml_new_tensor_1d(weights, GGML_TYPE_F32, channels);
                };
                onednn::ResidualUnitNode node;
                node.x = ggml_new_tensor_2d(context, GGML_TYPE_F32, channels, frames);
                node.snake1 = {row(), row()};
                node.snake2 = {row(), row()};
                node.wide = ggml_new_tensor_2d(weights, GGML_TYPE_F16, 7 * channels, channels);
                node.wide_bias = row();
                node.dilation = dilation;
                node.narrow = ggml_new_tensor_2d(weights, GGML_TYPE_F16, channels, channels);
                node.narrow_bias = row();
                return onednn::residual_unit(context, node);
            }};
}

std::vector<Operation> all_operations() {
    std::vector<Operation> all;
    for (const ggml_type type : {GGML_TYPE_BF16, GGML_TYPE_Q8_0}) {
        for (const auto& [rows, columns] : {std::pair{2048, 2048}, {6144, 2048}, {2048, 6144}})
            all.push_back(product(type, true, rows, columns, 750));
    }
    all.push_back(product(GGML_TYPE_BF16, false, 2048, 2048, 750));
    for (const ggml_type type : {GGML_TYPE_F32, GGML_TYPE_BF16}) {
        all.push_back(attention(type, 750, 750));
        all.push_back(windowed_attention(type, 750, 128));
        all.push_back(attention(type, 750, 420));
    }
    for (const ggml_type type : {GGML_TYPE_F16, GGML_TYPE_BF16}) {
        for (const auto& [channels, frames] :
             {std::pair{1024, 600}, {512, 2400}, {256, 9600}, {128, 38400}}) {
            all.push_back(convolution({type, channels, channels, 7, frames}));
            if (channels != 128) continue;
            all.push_back(convolution({type, channels, channels, 7, frames, 9}));
            all.push_back(convolution({type, channels, channels, 1, frames}));
        }
    }
    // What begins a stage of the decoder: a transposed convolution, all of a frame's results side
    // by side; and its last convolution, to two channels.
    for (const auto& [channels, out, frames] : {std::tuple{2048, 10240, 160},
                                                {1024, 3072, 1600},
                                                {512, 1024, 9600},
                                                {256, 512, 38400},
                                                {128, 256, 153600}})
        all.push_back(convolution({GGML_TYPE_F16, channels, out, 2, frames, 1, false}));
    all.push_back(convolution({GGML_TYPE_F16, 128, 2, 7, 307200, 1, false}));
    for (const auto& [channels, frames] : {std::pair{256, 39600}, {128, 316800}})
        for (const std::int64_t dilation : {1, 9})
            all.push_back(residual_unit(channels, frames, dilation));
    return all;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        const int threads = count > 1 ? std::max(1, std::atoi(arguments[1])) : 2;
        const std::string_view wanted = count > 2 ? arguments[2] : "";
        const ggml_backend_ptr backend = onednn::new_backend(threads);
        std::vector<Operation> operations = all_operations();
        std::erase_if(operations, [&](const Operation& operation) {
            return operation.name().find(wanted) == std::string::npos;
        });
        for (Operation& operation : operations) operation.prepare();
        for (int run = 0; run < runs; ++run)
            for (Operation& operation : operations) operation.run(backend.get());
        fmt::print("{} threads{:>48}{:>10}{:>10}\n", threads, "best", "GFLOP/s", "median");
        for (Operation& operation : operations) operation.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "engine_bench: {}\n", failure.what());
        return 1;
    }
}
