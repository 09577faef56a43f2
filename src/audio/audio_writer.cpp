#include "audio/audio_writer.h"

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "acestep/error.h"
#include "audio/encoder.h"
#include "audio/output_file.h"
#include "audio/tags.h"

namespace acestep::audio {
namespace {

void check_block(PlanarBlock block, std::size_t channels) {
    if (block.size() != channels) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("A block of {} channels cannot go into a file of {} channels.",
                                block.size(), channels));
    }
    for (std::size_t c = 0; c < channels; ++c) {
        if (block[c].size() != block[0].size()) {
            throw Error(ErrorCode::invalid_request,
                        fmt::format("Channel {} has {} samples where channel 0 has {}.", c,
                                    block[c].size(), block[0].size()));
        }
        for (std::size_t i = 0; i < block[c].size(); ++i) {
            if (std::isfinite(block[c][i])) continue;
            throw Error(ErrorCode::invalid_request,
                        fmt::format("Sample {} of channel {} is {}; audio has to be finite.", i, c,
                                    block[c][i]));
        }
    }
}

}  // namespace

struct AudioWriter::State {
    State(std::filesystem::path path, int sample_rate, int channel_count,
          const WriteOptions& options)
        : format(options.format),
          channels(channel_count),
          tags(checked_tags(options.tags)),
          file(std::move(path)),
          encoder(file.stream(), sample_rate, channel_count, options) {
        file.check();
    }

    AudioFormat format;
    int channels;
    std::int64_t samples = 0;
    Tags tags;
    OutputFile file;
    Encoder encoder;  // behind the file, whose stream it closes with
};

AudioWriter::AudioWriter(std::filesystem::path path, int sample_rate, int channels,
                         WriteOptions options)
    : state_(std::make_unique<State>(std::move(path), sample_rate, channels, options)) {}

AudioWriter::~AudioWriter() = default;

void AudioWriter::write(std::span<const std::span<const float>> block) {
    check_block(block, std::size_t(state_->channels));
    state_->encoder.write(block);
    state_->file.check();
    state_->samples += std::int64_t(block[0].size());
}

void AudioWriter::write(const Waveform& block) {
    write(std::vector<std::span<const float>>(block.channels.begin(), block.channels.end()));
}

std::int64_t AudioWriter::samples() const {
    return state_->samples;
}

void AudioWriter::commit() {
    if (state_->samples == 0) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("{} would have no samples.", state_->file.target().string()));
    }
    state_->encoder.finish();
    state_->file.check();
    write_tags(state_->file, state_->format, state_->tags);
    state_->file.commit();
}

}  // namespace acestep::audio
