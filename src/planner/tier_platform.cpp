// What a platform changes of a tier. Source: spec product.md 2.6.
#include <fmt/format.h>

#include "acestep/tiers.h"

namespace acestep {
namespace {

void keep_weights_on_device(Tier& tier) {
    tier.offload_to_cpu = tier.offload_dit_to_cpu = false;
}

void adapt_to_mps(Tier& tier) {
    tier.quantize_int8 = false;
    if (tier.profile == TierProfile::classic) return;
    tier.compile = false;
    tier.backend = "mlx";
    tier.backend_restriction = "pt_mlx_only";
    keep_weights_on_device(tier);
    tier.notes.push_back(
        fmt::format("macOS MPS detected ({:.1f} GB unified memory, tier={}). Applying Apple "
                    "Silicon optimizations: no compile, no quantization, mlx backend, no CPU "
                    "offload.",
                    tier.memory_gib, tier.id));
}

void adapt_to_rocm(Tier& tier) {
    if (tier.profile == TierProfile::classic) return;
    tier.compile = tier.quantize_int8 = false;
    tier.backend = "pt";
    tier.backend_restriction = "pt_only";
    tier.notes.push_back(
        fmt::format("AMD ROCm/HIP detected ({:.1f} GB VRAM, tier={}). Applying ROCm safety "
                    "defaults: no compile, no quantization, pt backend (vllm requires CUDA, mlx "
                    "requires macOS).",
                    tier.memory_gib, tier.id));
}

void adapt_to_xpu(Tier& tier) {
    keep_weights_on_device(tier);
    tier.quantize_int8 = tier.compile = true;
    tier.backend = "pt";
    tier.backend_restriction = "pt_only";
    tier.notes.push_back(fmt::format(
        "Intel XPU detected ({:.1f} GB, tier={}). Applying XPU defaults: pt backend, no CPU "
        "offload.",
        tier.memory_gib, tier.id));
}

void use_portable_backend(Tier& tier) {
    tier.backend = "pt";
    tier.backend_restriction = "pt_only";
}

}  // namespace

Tier adapted_to(Tier tier, Platform platform) {
    switch (platform) {
        case Platform::cuda: break;
        case Platform::rocm: adapt_to_rocm(tier); break;
        case Platform::xpu: adapt_to_xpu(tier); break;
        case Platform::mps: adapt_to_mps(tier); break;
        case Platform::vulkan: use_portable_backend(tier); break;
        case Platform::cpu:
            use_portable_backend(tier);
            keep_weights_on_device(tier);
            break;
    }
    return tier;
}

}  // namespace acestep
