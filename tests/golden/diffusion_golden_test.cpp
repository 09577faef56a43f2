// What of diffusion can be compared with the official program without a network.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "diffusion/cpu_generator.h"
#include "diffusion/repaint.h"
#include "support/golden.h"

namespace acestep::diffusion {
namespace {

using acestep::tests::golden_files;
using acestep::tests::GoldenFile;

/// "seed42.n33" is made of seed 42 and "n33".
struct NoiseName {
    std::uint64_t seed;
    std::string draw;
};

NoiseName parsed(const std::string& name) {
    const std::size_t dot = name.find('.');
    return {std::stoull(name.substr(std::string("seed").size())), name.substr(dot + 1)};
}

/// PyTorch's draws are reproduced bit for bit: the tolerance is none.
TEST(DiffusionGolden, NoiseOfTheCpuGeneratorIsIdentical) {
    ACESTEP_GOLDEN(golden, "noise.safetensors");
    for (const std::string& name : golden.names()) {
        const auto [seed, draw] = parsed(name);
        const Array want = golden.array(name);
        Array got(want.shape);
        CpuGenerator generator(seed);
        if (draw.starts_with("then")) {
            // These continue the generator of the draw with a shape, in this order.
            Array before = golden.array("seed" + std::to_string(seed) + ".shape2x37x64");
            generator.normal(before.values);
            Array five({5});
            generator.normal(draw == "then5" ? got.values : five.values);
            if (draw == "then_uniform3") generator.uniform(got.values);
        } else {
            generator.normal(got.values);
        }
        EXPECT_EQ(got.values, want.values) << name;
    }
}

/// Whether a repaint case shows its soft mask: with no ramps there is none, and injection into all
/// steps leaves the source in the ramps too.
bool shows_soft_mask(const nlohmann::json& settings) {
    return settings.value("repaint_crossfade_frames", 10) > 0 &&
           settings.value("repaint_injection_ratio", 0.5) < 1;
}

/// The official sampler leaves the source exactly where the soft mask is 0 and changes it
/// elsewhere.
TEST(DiffusionGolden, RepaintedLatentsAreTheSourceExactlyWhereTheSoftMaskIsZero) {
    for (const std::string& file : golden_files("xl", ".safetensors")) {
        if (file.find(".sample.repaint_") == std::string::npos) continue;
        const auto golden = GoldenFile::open(file);
        const auto settings = golden->metadata("settings");
        if (!shows_soft_mask(settings)) continue;
        const Array mask = golden->array("repaint_mask"), latents = golden->array("latents");
        const Array source = golden->array("clean_src_latents");
        const auto channels = static_cast<std::size_t>(latents.dim(2));
        for (std::int64_t item = 0; item < latents.dim(0); ++item) {
            const std::vector<float> soft =
                soft_mask(mask.slice(item), settings.value("repaint_crossfade_frames", 10));
            for (std::size_t frame = 0; frame < soft.size(); ++frame) {
                const auto got = latents.slice(item).subspan(frame * channels, channels);
                const auto kept = source.slice(item).subspan(frame * channels, channels);
                EXPECT_EQ(std::ranges::equal(got, kept), soft[frame] == 0)
                    << file << ", item " << item << ", frame " << frame;
            }
        }
    }
}

}  // namespace
}  // namespace acestep::diffusion
