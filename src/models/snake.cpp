#include "models/snake.h"

#include <cmath>

namespace acestep::models {
namespace {

using runtime::WeightReader;
using runtime::WeightRole;

/// sin²(z). The sine's sign does not matter, so z is brought into ±π/2 by whole multiples of π, and
/// an odd polynomial does the rest. No branch and no call, so that compilers make vectors of it;
/// the C library's sine was a fifth of a decode.
inline float squared_sine(float z) {
    constexpr float inverse_pi = 0.318309886f;
    // Adding and taking away 1.5 · 2^23 rounds to a whole number.
    constexpr float round = 12582912.0f;
    const float turns = (z * inverse_pi + round) - round;
    // π in three parts; products with the first two are exact for the turns that occur.
    float r = z - turns * 3.140625f;
    r -= turns * 9.67502594e-4f;
    r -= turns * 1.50995803e-7f;
    const float s = r * r;
    // Minimax coefficients of sin(r) / r on ±π/2.
    float p = 2.6000546e-6f;
    p = p * s - 1.9806615e-4f;
    p = p * s + 8.333017e-3f;
    p = p * s - 1.6666657e-1f;
    const float sine = r + r * s * p;
    return sine * sine;
}

/// ggml's signature for an operation of ours; the rows are shared out to `count` threads.
void snake_operation(ggml_tensor* result, const ggml_tensor* x, const ggml_tensor* alpha,
                     const ggml_tensor* inverse_beta, int thread, int count, void*) {
    const std::int64_t channels = x->ne[0], frames = x->ne[1];
    const std::int64_t first = frames * thread / count, last = frames * (thread + 1) / count;
    for (std::int64_t frame = first; frame < last; ++frame) {
        const auto offset = static_cast<std::size_t>(frame);
        snake_frame(
            reinterpret_cast<const float*>(static_cast<const char*>(x->data) + offset * x->nb[1]),
            static_cast<const float*>(alpha->data), static_cast<const float*>(inverse_beta->data),
            reinterpret_cast<float*>(static_cast<char*>(result->data) + offset * result->nb[1]),
            channels);
    }
}

}  // namespace

void snake_frame(const float* x, const float* alpha, const float* inverse_beta, float* y,
                 std::int64_t channels) {
    for (std::int64_t c = 0; c < channels; ++c) {
        y[c] = x[c] + squared_sine(alpha[c] * x[c]) * inverse_beta[c];
    }
}

Snake declare_snake(runtime::WeightSet& weights, const std::string& name, std::int64_t channels) {
    const runtime::Shape stored{1, channels, 1};
    weights.require(name + ".alpha", stored);
    weights.require(name + ".beta", stored);
    Snake snake;
    snake.alpha = weights.computed(name + ".alpha", {channels}, WeightRole::exact,
                                   [=](const WeightReader& reader) {
                                       Array alpha = reader.read(name + ".alpha", stored);
                                       for (float& value : alpha.values) value = std::exp(value);
                                       return std::move(alpha.values);
                                   });
    snake.inverse_beta = weights.computed(name + ".beta", {channels}, WeightRole::exact,
                                          [=](const WeightReader& reader) {
                                              Array beta = reader.read(name + ".beta", stored);
                                              for (float& value : beta.values)
                                                  value = 1.0f / (std::exp(value) + 1e-9f);
                                              return std::move(beta.values);
                                          });
    return snake;
}

ggml_tensor* apply(runtime::Graph& graph, const Snake& snake, ggml_tensor* x) {
    ggml_context* ctx = graph.context();
    if (graph.device().is_processor()) {
        return ggml_map_custom3(ctx, x, snake.alpha, snake.inverse_beta, snake_operation,
                                GGML_N_TASKS_MAX, nullptr);
    }
    ggml_tensor* wave = ggml_sqr(ctx, ggml_sin(ctx, ggml_mul(ctx, x, snake.alpha)));
    return ggml_add(ctx, x, ggml_mul(ctx, wave, snake.inverse_beta));
}

}  // namespace acestep::models
