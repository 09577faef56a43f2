#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "acestep/error.h"
#include "models/vae.h"
#include "runtime/graph.h"

namespace acestep::models {

VaeEncoder::VaeEncoder(const checkpoint::Checkpoint& checkpoint, const VaeConfig& config,
                       runtime::WeightPolicy policy)
    : config_(config), weights_("the audio encoder", checkpoint, policy) {
    const std::size_t stages = config.strides.size();
    const auto width = [&](std::size_t stage) {
        return config.encoder_width * (stage == 0 ? 1 : config.multiples[stage - 1]);
    };
    ConvolutionShape first{width(0), config.audio_channels, 7};
    first.padding = 3;
    first_ = declare_convolution(weights_, "encoder.conv1", first);
    for (std::size_t i = 0; i < stages; ++i) {
        const std::string name = "encoder.block." + std::to_string(i);
        const std::int64_t stride = config.strides[i];
        // The first stage keeps its width; its output multiple is that of the stage itself.
        const std::int64_t out = config.encoder_width * config.multiples[i];
        ConvolutionShape down{out, width(i), 2 * stride};
        down.stride = stride;
        down.padding = (stride + 1) / 2;
        blocks_.push_back({declare_residual_units(weights_, name, width(i)),
                           declare_snake(weights_, name + ".snake1", width(i)),
                           declare_convolution(weights_, name + ".conv1", down)});
    }
    snake_ = declare_snake(weights_, "encoder.snake1", width(stages));
    ConvolutionShape last{2 * config.latent_channels, width(stages), 3};
    last.padding = 1;
    last_ = declare_convolution(weights_, "encoder.conv2", last);
}

ggml_tensor* VaeEncoder::build(runtime::Graph& graph, ggml_tensor* audio,
                               std::vector<ggml_tensor*>* blocks) const {
    ggml_tensor* x = apply(graph, first_, audio);  // [samples, width]
    for (const Block& block : blocks_) {
        x = apply(graph, block.snake, apply(graph, block.units, x));
        x = apply(graph, block.down, x);
        if (blocks) blocks->push_back(graph.output(x));
    }
    return apply(graph, last_, apply(graph, snake_, x));  // [T, 2·C]
}

VaeEncoder::Posterior VaeEncoder::encode(runtime::Device& device, const Array& audio,
                                         std::int64_t tile_frames,
                                         const TileObserver& observer) const {
    const std::int64_t hop = config_.samples_per_frame(), channels = config_.latent_channels;
    const std::int64_t sound = config_.audio_channels, frames = audio.dim(0) / hop;
    if (frames == 0) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("The audio has {} samples; {} are the least that can be encoded.",
                                audio.dim(0), hop));
    }
    const Tiling tiling =
        tile(frames, tile_frames > 0 ? tile_frames : frames, config_.encoder_reach_frames());
    // Samples beyond the last whole frame still reach into it, so the last window takes them too:
    // every window is longer by them, and those that are not the last read on into the next frame.
    const std::int64_t rest = audio.dim(0) - frames * hop;
    const std::int64_t window_samples = tiling.window * hop + rest;
    runtime::Graph graph(device, "Encoding the audio");
    ggml_tensor* input = graph.input(GGML_TYPE_F32, {window_samples, sound});
    ggml_tensor* output = graph.output(build(graph, input, nullptr));
    graph.allocate();

    Posterior result{Array({frames, channels}), Array({frames, channels})};
    int done = 0;
    for (const Tile& part : tiling.tiles) {
        graph.set(input, std::span<const float>(audio.values)
                             .subspan(static_cast<std::size_t>(part.begin * hop * sound),
                                      static_cast<std::size_t>(window_samples * sound)));
        graph.run();
        const Array window = graph.get(output, {output->ne[1], 2 * channels});
        for (std::int64_t frame = part.core_begin; frame < part.core_end; ++frame) {
            const auto row = window.slice(frame - part.begin);
            for (std::int64_t c = 0; c < channels; ++c) {
                const double scale = row[static_cast<std::size_t>(channels + c)];
                // softplus without overflow
                const double deviation =
                    std::max(scale, 0.0) + std::log1p(std::exp(-std::abs(scale))) + 1e-4;
                result.mean.slice(frame)[static_cast<std::size_t>(c)] =
                    row[static_cast<std::size_t>(c)];
                result.deviation.slice(frame)[static_cast<std::size_t>(c)] =
                    static_cast<float>(deviation);
            }
        }
        if (observer) observer(++done, static_cast<int>(tiling.tiles.size()));
    }
    return result;
}

std::vector<Array> VaeEncoder::trace(runtime::Device& device, const Array& audio) const {
    return trace_blocks(device, audio, [this](auto& graph, auto* input, auto& blocks) {
        return build(graph, input, &blocks);
    });
}

}  // namespace acestep::models
