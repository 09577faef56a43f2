// One operation on our backend and on ggml's, with the same numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <ggml-cpp.h>

#include "onednn/convolutions/convolution.h"

namespace acestep::onednn {

/// Builds a graph; leaves are the tensors that it makes without an operation.
using Build = std::function<ggml_tensor*(ggml_context*)>;

/// Random numbers in −1 … 1, the same for the same seed.
std::vector<float> random_floats(std::size_t count, std::uint32_t seed);

struct Outcome {
    std::vector<float> values;
    ggml_status status = GGML_STATUS_SUCCESS;
};

struct RunSettings {
    int threads = 2;
    /// Leaves of these names; the others get random numbers (f16 leaves called "mask" zeros).
    std::map<std::string, std::vector<float>> given = {};
    /// Leaves called "weight" lie in packed memory.
    bool packed = false;
};

Outcome run_on(ggml_backend_t backend, const Build& build, const RunSettings& settings);
/// On a new backend of ours, and on ggml's processor backend.
Outcome run_here(const Build& build, const RunSettings& settings = {});
Outcome run_ggml(const Build& build, const RunSettings& settings = {});

/// `x` as it is multiplied by plain weights of such a type: where the processor has instructions
/// for bf16, rounded to it for weights of bf16.
ggml_tensor* as_multiplied(ggml_context* context, ggml_tensor* x, ggml_type weight);

/// New leaves for all that may finish a convolution of so many frames: bias, Snake, residual.
void add_finish(ggml_context* context, ConvolutionNode& node, std::int64_t frames);

/// |a − b| ≤ tolerance · the largest magnitude in b.
void expect_near(const std::vector<float>& a, const std::vector<float>& b, double tolerance);

}  // namespace acestep::onednn
