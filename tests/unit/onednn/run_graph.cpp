#include "unit/onednn/run_graph.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <ggml-alloc.h>
#include <ggml-cpu.h>
#include <gtest/gtest.h>

#include "onednn/backend.h"
#include "onednn/kernels/kernels.h"

namespace acestep::onednn {
namespace {

bool is_leaf(const ggml_tensor* tensor) {
    return tensor->op == GGML_OP_NONE && !tensor->view_src;
}

std::vector<std::byte> stored(const ggml_tensor* tensor, const std::vector<float>& values) {
    std::vector<std::byte> bytes(ggml_nbytes(tensor));
    if (tensor->type == GGML_TYPE_F32)
        std::memcpy(bytes.data(), values.data(), bytes.size());
    else
        ggml_quantize_chunk(tensor->type, values.data(), bytes.data(), 0, ggml_nrows(tensor),
                            tensor->ne[0], nullptr);
    return bytes;
}

void fill(ggml_tensor* tensor, std::uint32_t seed, const RunSettings& settings) {
    const auto count = static_cast<std::size_t>(ggml_nelements(tensor));
    const auto given = settings.given.find(tensor->name);
    const std::vector<float> values = given != settings.given.end() ? given->second
                                      : std::string(tensor->name) == "mask"
                                          ? std::vector<float>(count)
                                          : random_floats(count, seed);
    ASSERT_EQ(values.size(), count);
    const std::vector<std::byte> bytes = stored(tensor, values);
    ggml_backend_tensor_set(tensor, bytes.data(), 0, bytes.size());
}

/// Puts the leaf called "weight" into packed memory.
ggml_backend_buffer_ptr place_packed(ggml_context* context) {
    ggml_tensor* weight = ggml_get_tensor(context, "weight");
    ggml_backend_buffer_type_t type = packed_buffer_type();
    ggml_backend_buffer_ptr buffer(
        ggml_backend_buft_alloc_buffer(type, ggml_backend_buft_get_alloc_size(type, weight)));
    ggml_backend_tensor_alloc(buffer.get(), weight, ggml_backend_buffer_get_base(buffer.get()));
    return buffer;
}

}  // namespace

std::vector<float> random_floats(std::size_t count, std::uint32_t seed) {
    std::vector<float> values(count);
    std::uint32_t state = seed * 2654435761u + 12345;
    for (float& value : values) {
        state = state * 1664525u + 1013904223u;
        value = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
    }
    return values;
}

Outcome run_on(ggml_backend_t backend, const Build& build, const RunSettings& settings) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 4 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    ggml_tensor* result = build(context.get());
    ggml_cgraph* graph = ggml_new_graph(context.get());
    ggml_build_forward_expand(graph, result);
    ggml_backend_buffer_ptr packed;
    if (settings.packed) packed = place_packed(context.get());
    const ggml_backend_buffer_ptr memory(ggml_backend_alloc_ctx_tensors(context.get(), backend));
    std::uint32_t seed = 1;
    for (ggml_tensor* tensor = ggml_get_first_tensor(context.get()); tensor;
         tensor = ggml_get_next_tensor(context.get(), tensor))
        if (is_leaf(tensor)) fill(tensor, seed++, settings);
    Outcome outcome;
    outcome.status = ggml_backend_graph_compute(backend, graph);
    outcome.values.resize(static_cast<std::size_t>(ggml_nelements(result)));
    ggml_backend_tensor_get(result, outcome.values.data(), 0, ggml_nbytes(result));
    return outcome;
}

Outcome run_here(const Build& build, const RunSettings& settings) {
    return run_on(new_backend(settings.threads).get(), build, settings);
}

Outcome run_ggml(const Build& build, const RunSettings& settings) {
    const ggml_backend_ptr backend(ggml_backend_cpu_init());
    ggml_backend_cpu_set_n_threads(backend.get(), settings.threads);
    return run_on(backend.get(), build, settings);
}

ggml_tensor* as_multiplied(ggml_context* context, ggml_tensor* x, ggml_type weight) {
    if (weight != GGML_TYPE_BF16 || !best_kernels().words) return x;
    return ggml_cast(context, ggml_cast(context, x, weight), x->type);
}

void add_finish(ggml_context* context, ConvolutionNode& node, std::int64_t frames) {
    const std::int64_t out = node.weight->ne[1];
    for (ggml_tensor** row : {&node.bias, &node.alpha, &node.inverse_beta})
        *row = ggml_new_tensor_1d(context, GGML_TYPE_F32, out);
    node.residual = ggml_new_tensor_2d(context, GGML_TYPE_F32, out, frames);
}

void expect_near(const std::vector<float>& a, const std::vector<float>& b, double tolerance) {
    ASSERT_EQ(a.size(), b.size());
    double largest = 0;
    for (const float value : b) largest = std::max(largest, std::abs(double(value)));
    ASSERT_GT(largest, 0);
    for (std::size_t i = 0; i < a.size(); ++i)
        ASSERT_NEAR(a[i], b[i], tolerance * largest) << "at " << i;
}

}  // namespace acestep::onednn
