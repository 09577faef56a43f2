#include <algorithm>
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

ggml_tensor* VaeDecoder::build(runtime::Graph& graph, ggml_tensor* latents,
                               std::vector<ggml_tensor*>* blocks) const {
    ggml_tensor* x = apply(graph, first_, latents);  // [T, widest]
    for (const Block& block : blocks_) {
        x = apply(graph, block.up, apply(graph, block.snake, x));
        x = apply(graph, block.units, x);
        if (blocks) blocks->push_back(graph.output(x));
    }
    return apply(graph, last_, apply(graph, snake_, x));  // [samples, audio channels]
}

Tiling VaeDecoder::tiling(std::int64_t frames, std::int64_t tile_frames) const {
    return tile(frames, tile_frames > 0 ? tile_frames : frames, config_.decoder_reach_frames());
}

void VaeDecoder::decode(runtime::Device& device, const Array& latents, std::int64_t tile_frames,
                        std::int64_t first_frame, const AudioSink& sink) const {
    const std::int64_t channels = config_.latent_channels, hop = config_.samples_per_frame();
    const Tiling tiling = this->tiling(latents.dim(0), tile_frames);
    runtime::Graph graph(device, "Decoding the audio");
    ggml_tensor* input = graph.input(GGML_TYPE_F32, {tiling.window, channels});
    ggml_tensor* output = graph.output(build(graph, input, nullptr));
    graph.allocate();

    for (const Tile& part : tiling.tiles) {
        const std::int64_t begin = std::max(part.core_begin, first_frame);
        if (begin >= part.core_end) continue;
        graph.set(input, std::span<const float>(latents.values)
                             .subspan(static_cast<std::size_t>(part.begin * channels),
                                      static_cast<std::size_t>(tiling.window * channels)));
        graph.run();
        sink(begin * hop,
             graph.get_rows(output, (begin - part.begin) * hop, (part.core_end - begin) * hop));
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
    return trace_blocks(device, latents, [this](auto& graph, auto* input, auto& blocks) {
        return build(graph, input, &blocks);
    });
}

}  // namespace acestep::models
