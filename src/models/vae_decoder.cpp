#include <algorithm>
#include <memory>
#include <string>

#include "models/vae.h"
#include "runtime/graph.h"

namespace acestep::models {

VaeDecoder::VaeDecoder(const checkpoint::Checkpoint& checkpoint, const VaeConfig& config,
                       runtime::WeightPolicy policy)
    : config_(config), weights_("the audio decoder", checkpoint, policy) {
    const std::size_t stages = config.strides.size();
    // Widths from the latents outwards; beyond the last stage the width stays at its base.
    const auto width = [&](std::size_t stage) {
        return stage < stages ? config.decoder_width * config.multiples[stages - 1 - stage]
                              : config.decoder_width;
    };
    ConvolutionShape first{width(0), config.latent_channels, 7};
    first.padding = 3;
    first_ = declare_convolution(weights_, "decoder.conv1", first);
    for (std::size_t i = 0; i < stages; ++i) {
        const std::string name = "decoder.block." + std::to_string(i);
        const std::int64_t stride = config.strides[stages - 1 - i];
        blocks_.push_back({declare_snake(weights_, name + ".snake1", width(i)),
                           declare_transposed_convolution(weights_, name + ".conv_t1", width(i),
                                                          width(i + 1), stride),
                           declare_residual_units(weights_, name, width(i + 1))});
    }
    snake_ = declare_snake(weights_, "decoder.snake1", config.decoder_width);
    ConvolutionShape last{config.audio_channels, config.decoder_width, 7};
    last.padding = 3;
    last.bias = false;
    last_ = declare_convolution(weights_, "decoder.conv2", last);
}

VaeDecoder::Signal VaeDecoder::build(runtime::Graph& graph, Signal latents, const Core& core,
                                     std::vector<ggml_tensor*>* blocks) const {
    const std::vector<std::int64_t> reaches = config_.decoder_reaches();
    Signal x = latents;
    const auto drop_all_beyond = [&](std::int64_t reach) {
        const Stretch needed =
            stretch_around(core.begin * x.rate, core.count * x.rate, reach, core.length * x.rate);
        if (needed.count >= x.frames->ne[1]) return;
        const std::size_t row = x.frames->nb[1];
        x.frames = ggml_view_2d(graph.context(), x.frames, x.frames->ne[0], needed.count, row,
                                static_cast<std::size_t>(needed.begin - x.begin) * row);
        x.begin = needed.begin;
    };

    x.frames = apply(graph, first_, x.frames);  // [T, widest]
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const Block& block = blocks_[i];
        drop_all_beyond(reaches[i]);
        x.frames = apply(graph, block.up, apply(graph, block.snake, x.frames));
        x.begin *= block.up.stride;
        x.rate *= block.up.stride;
        x.frames = apply(graph, block.units, x.frames);
        if (blocks) blocks->push_back(graph.output(x.frames));
    }
    drop_all_beyond(reaches.back());
    x.frames = apply(graph, last_, apply(graph, snake_, x.frames));  // [samples, audio channels]
    return x;
}

Tiling VaeDecoder::tiling(std::int64_t frames, std::int64_t tile_frames) const {
    return tile(frames, tile_frames > 0 ? tile_frames : frames, config_.decoder_reach_frames());
}

/// The graph of a tile, and of all others that lie in their windows as it does.
class VaeDecoder::TileGraph {
public:
    /// In the memory of `former`, if there is one.
    TileGraph(runtime::Device& device, const VaeDecoder& decoder, const Tiling& tiling,
              const Tile& tile, std::int64_t frames, TileGraph* former)
        : graph_(device, "Decoding the audio"), core_in_window_(tile.core_begin - tile.begin) {
        latents_ = graph_.input(GGML_TYPE_F32, {tiling.window, decoder.config_.latent_channels});
        const Signal sound = decoder.build(graph_, {latents_, tile.begin},
                                           {tile.core_begin, tiling.core, frames}, nullptr);
        samples_ = graph_.output(sound.frames);
        before_core_ = tile.core_begin * sound.rate - sound.begin;
        if (former) graph_.take_memory_of(former->graph_);
        graph_.allocate();
    }

    bool serves(const Tile& tile) const { return tile.core_begin - tile.begin == core_in_window_; }

    /// `count` samples from the `first`th of the core on.
    std::vector<float> decode(std::span<const float> latents, std::int64_t first,
                              std::int64_t count) {
        graph_.set(latents_, latents);
        graph_.run();
        return graph_.get_rows(samples_, before_core_ + first, count);
    }

private:
    runtime::Graph graph_;
    ggml_tensor* latents_;
    ggml_tensor* samples_;
    std::int64_t core_in_window_;
    std::int64_t before_core_;  ///< samples that the graph computes before the core
};

void VaeDecoder::decode(runtime::Device& device, const Array& latents, std::int64_t tile_frames,
                        std::int64_t first_frame, const AudioSink& sink) const {
    const std::int64_t channels = config_.latent_channels, hop = config_.samples_per_frame();
    const Tiling tiling = this->tiling(latents.dim(0), tile_frames);
    std::unique_ptr<TileGraph> graph;
    for (const Tile& part : tiling.tiles) {
        const std::int64_t begin = std::max(part.core_begin, first_frame);
        if (begin >= part.core_end) continue;
        if (!graph || !graph->serves(part))
            graph = std::make_unique<TileGraph>(device, *this, tiling, part, latents.dim(0),
                                                graph.get());
        std::span<const float> window;  // of a rehearsal there may be no numbers
        if (!device.rehearses())
            window = std::span<const float>(latents.values)
                         .subspan(static_cast<std::size_t>(part.begin * channels),
                                  static_cast<std::size_t>(tiling.window * channels));
        sink(begin * hop,
             graph->decode(window, (begin - part.core_begin) * hop, (part.core_end - begin) * hop));
    }
}

Array VaeDecoder::decode(runtime::Device& device, const Array& latents,
                         std::int64_t tile_frames) const {
    Array audio({latents.dim(0) * config_.samples_per_frame(), config_.audio_channels});
    decode(device, latents, tile_frames, 0,
           [&](std::int64_t first_sample, std::span<const float> samples) {
               std::copy(samples.begin(), samples.end(),
                         audio.values.begin() + first_sample * config_.audio_channels);
           });
    return audio;
}

std::vector<Array> VaeDecoder::trace(runtime::Device& device, const Array& latents) const {
    return trace_blocks(device, latents, [&](auto& graph, auto* input, auto& blocks) {
        const std::int64_t frames = latents.dim(0);
        return build(graph, {input, 0}, {0, frames, frames}, &blocks).frames;
    });
}

}  // namespace acestep::models
