// Random numbers of PyTorch's CPU generator, bit for bit.
//
//     CpuGenerator generator(42);              // torch.Generator().manual_seed(42)
//     generator.normal(noise.values);          // torch.randn(noise.shape, generator=generator)
//
// Draws continue one stream, as they do there. PyTorch computes 16 or more normal values with
// vector instructions and fewer with scalar ones; both are reproduced, for its builds that use AVX2
// or AVX-512. Source: spec dit.md 6.8.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>

namespace acestep::diffusion {

class CpuGenerator {
public:
    /// Only the low 32 bits of the seed count, as in PyTorch.
    explicit CpuGenerator(std::uint64_t seed) : engine_(static_cast<std::uint32_t>(seed)) {}

    /// torch.randn: mean 0, deviation 1.
    void normal(std::span<float> values);

    /// torch.rand: multiples of 2⁻²⁴ in [0, 1).
    void uniform(std::span<float> values);

private:
    double uniform_double();
    float scalar_normal();

    std::mt19937 engine_;
    std::optional<double> spare_;  ///< second value of a scalar pair, kept across calls
};

}  // namespace acestep::diffusion
