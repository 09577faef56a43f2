// Running a graph: its heavy nodes here, every run of others by ggml's processor backend.
#pragma once

#include <cstddef>

#include <ggml-cpp.h>

#include "onednn/operations.h"

namespace acestep::onednn {

/// What a backend owns.
struct Engine {
    ggml_backend_ptr others;  ///< ggml's processor backend
    int threads = 1;
    ggml_abort_callback abort = nullptr;
    void* abort_data = nullptr;
    Scratch scratch;
};

/// Whether a node is computed here.
bool is_own(const ggml_tensor* node);

ggml_status compute(Engine& engine, ggml_cgraph* graph);
/// What `compute` allocates at most.
std::size_t scratch_bytes(const Engine& engine, ggml_cgraph* graph);

}  // namespace acestep::onednn
