// Random numbers of PyTorch's CUDA generator: Philox4x32-10, one subsequence per GPU thread.
//
// Which thread fills which element depends on how many threads a GPU launches, so in PyTorch a long
// song differs from one GPU model to another. The default here is a GPU with a thread for every
// element: the same as any real one for short songs, and the same on every machine for all songs.
// Logarithm, sine and cosine are computed in double and rounded to float, which makes the values
// independent of the machine's mathematical library. Source: spec dit.md 6.8.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace acestep::diffusion {

/// One block of Philox4x32 with ten rounds. `counter` is {offset, its high half, subsequence, its
/// high half}; `key` is the seed, low half first.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

/// torch.randn(values.size()) on a CUDA device with a fresh generator, in float32.
/// `gpu_threads` is the number of threads the GPU can have in flight (multiprocessors × threads of
/// each, such as 132 × 2048), 0: enough for every element; below 256 counts as 256.
void cuda_normal(std::uint64_t seed, std::span<float> values, std::uint64_t gpu_threads = 0);

/// Nearest bfloat16, ties to even: what a tensor of that type would hold. `value` is finite.
float rounded_to_bfloat16(float value);

}  // namespace acestep::diffusion
