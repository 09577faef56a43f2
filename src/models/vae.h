// The autoencoder: sound to latents and back, `[samples, channels]` ⇄ `[frames, latent channels]`.
//
// Both directions work in tiles of a given length; the tiles overlap by what a result depends on,
// so that tiling changes nothing but rounding. A decoder's tile drops at every rate what nothing
// that is kept depends on: most of what it needs around itself is latents, which cost little. There
// is no scaling between latents and the diffusion transformer. Source: spec dit.md 7; diffusers
// autoencoder_oobleck.py.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "models/oobleck.h"
#include "models/tiling.h"
#include "models/vae_config.h"
#include "runtime/device.h"
#include "runtime/weight_set.h"

namespace acestep::models {

/// Called after each tile with how many of how many are done.
using TileObserver = std::function<void(int done, int total)>;

/// Takes a piece of decoded sound: `samples` `[n, audio channels]` begin at `first_sample` of the
/// song. The span is valid during the call.
using AudioSink = std::function<void(std::int64_t first_sample, std::span<const float> samples)>;

class VaeEncoder {
public:
    VaeEncoder(const checkpoint::Checkpoint& checkpoint, const VaeConfig& config,
               runtime::WeightPolicy policy);

    runtime::WeightSet& weights() { return weights_; }

    struct Posterior {
        Array mean;       ///< [T, C], T = floor(samples / samples per frame)
        Array deviation;  ///< [T, C], positive
    };
    /// `audio` `[samples, audio channels]`, at least one frame long. `tile_frames` ≤ 0: untiled.
    Posterior encode(runtime::Device& device, const Array& audio, std::int64_t tile_frames,
                     const TileObserver& observer = {}) const;

    /// Outputs of the blocks, `[length, channels]` each, for comparisons.
    std::vector<Array> trace(runtime::Device& device, const Array& audio) const;

private:
    struct Block {
        std::vector<ResidualUnit> units;
        Snake snake;
        Convolution down;
    };
    ggml_tensor* build(runtime::Graph& graph, ggml_tensor* audio,
                       std::vector<ggml_tensor*>* blocks) const;

    const VaeConfig& config_;
    runtime::WeightSet weights_;
    Convolution first_;
    std::vector<Block> blocks_;
    Snake snake_;
    Convolution last_;
};

class VaeDecoder {
public:
    VaeDecoder(const checkpoint::Checkpoint& checkpoint, const VaeConfig& config,
               runtime::WeightPolicy policy);

    runtime::WeightSet& weights() { return weights_; }

    /// Latents `[T, C]` → sound, not clipped. `sink` gets every sample from frame `first_frame` on
    /// once and in order, tile after tile. `tile_frames` ≤ 0: untiled.
    void decode(runtime::Device& device, const Array& latents, std::int64_t tile_frames,
                std::int64_t first_frame, const AudioSink& sink) const;
    /// All of it, `[T · samples per frame, audio channels]`.
    Array decode(runtime::Device& device, const Array& latents, std::int64_t tile_frames) const;
    /// How `decode` divides so many frames.
    Tiling tiling(std::int64_t frames, std::int64_t tile_frames) const;

    std::vector<Array> trace(runtime::Device& device, const Array& latents) const;

private:
    struct Block {
        Snake snake;
        TransposedConvolution up;
        std::vector<ResidualUnit> units;
    };
    /// What is decoded of `length` latent frames: `count` from `begin` on, or the last so many.
    struct Core {
        std::int64_t begin, count, length;
    };
    /// A signal, and which of the song's frames at its rate is its first one.
    struct Signal {
        ggml_tensor* frames;
        std::int64_t begin;
        std::int64_t rate = 1;  ///< its frames for a latent one
    };
    class TileGraph;

    /// `[samples, audio channels]` of at least the core.
    Signal build(runtime::Graph& graph, Signal latents, const Core& core,
                 std::vector<ggml_tensor*>* blocks) const;

    const VaeConfig& config_;
    runtime::WeightSet weights_;
    Convolution first_;
    std::vector<Block> blocks_;
    Snake snake_;
    Convolution last_;
};

}  // namespace acestep::models
