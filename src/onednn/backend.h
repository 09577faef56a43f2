// The processor's compute backend for ggml: products, convolutions and attention here, all other
// operations by ggml's own processor backend, within one graph and without copies.
//
// All memory is the host's, so weights may stay where a file is mapped. Threads are OpenMP's, which
// ggml's backend and oneDNN share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <ggml-backend.h>
#include <ggml-cpp.h>

namespace acestep::onednn {

/// The backend's entry in ggml's list, for `ggml_backend_register`. Its device is called "OneDNN".
ggml_backend_reg_t registry();

/// \throws Error{internal} when ggml's processor backend does not start.
ggml_backend_ptr new_backend(int threads);
bool is_onednn(ggml_backend_t backend);

// \pre is_onednn(backend) for the following.
void set_threads(ggml_backend_t backend, int threads);
/// Asked between operations whether to stop; the run then ends with GGML_STATUS_ABORTED.
void set_abort_callback(ggml_backend_t backend, ggml_abort_callback callback, void* data);
/// What a run of `graph` may allocate beside the graph's own tensors. Once allocated it is kept as
/// long as the backend (the part of a thread: as long as the thread).
std::size_t scratch_bytes(ggml_backend_t backend, ggml_cgraph* graph);

/// Memory for weights in the order in which they are multiplied. They are packed when their last
/// byte is set; read back they are what was set, those of 8 bits nearly.
ggml_backend_buffer_type_t packed_buffer_type();
/// Gives row `row` of a matrix in f32. Called by several threads at a time; must not throw.
using ReadRow = std::function<void(std::int64_t row, std::span<float> values)>;
/// The same from f32, for a q8_0 tensor in such memory. Rows are rounded once, by the scale of the
/// row, where bytes of q8_0 have been rounded before. `room` is work space of a byte per weight; it
/// may serve the next tensor too. \pre packs(weight) and its type is q8_0
void set_rows(ggml_tensor* weight, const ReadRow& read, std::vector<std::byte>& room);
/// Whether `weight` gains by being in such memory: a matrix `[n, k]` that is only multiplied by.
/// f32, bf16 where the processor multiplies bf16, and q8_0, which becomes int8 with a scale for
/// each row. Without oneDNN: bf16 and q8_0 where the processor has AMX, else nothing.
bool packs(const ggml_tensor* weight);

/// Whether attention gains by keys and values of bf16: the processor multiplies them as they are.
bool attends_in_bf16();

/// Those that our kernels are compiled for and use here: "x86-64-v3".
std::string instructions();
/// Such as "oneDNN 2.6"; empty when the build has none.
std::string library_name();

}  // namespace acestep::onednn
