#include "planner/rehearsal.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/array.h"
#include "models/decoder.h"
#include "models/kv_cache.h"
#include "models/tiling.h"

namespace acestep::planner {
namespace {

using runtime::Device;
using runtime::Residency;
using runtime::WeightSet;

// Rows that a song's share of the cache has beyond its longest plan (lm/model_writer.cpp).
constexpr std::int64_t spare_rows = 32;

/// What a stage depends on, and nothing else, so that other shapes share its result.
std::string key(Stage stage, const SongShape& s, const StageSettings& t,
                const models::Tiling& tiling) {
    const auto settings = fmt::format("{}/{}/{}/{}", static_cast<int>(t.policy), t.streamed,
                                      t.tile_frames, t.songs_at_once);
    switch (stage) {
        case Stage::compose:
            return fmt::format("compose {} {} {} {} {}", settings, s.lm_prompt_tokens, s.lm_tokens,
                               s.lm_guided, s.songs);
        case Stage::listen:
            return fmt::format("listen {} {} {}", settings, s.source_frames, s.has_reference);
        case Stage::describe:
            return fmt::format("describe {} {} {}", settings, s.text_tokens, s.lyric_tokens);
        case Stage::condition:
            return fmt::format("condition {} {} {} {} {} {} {}", settings, s.text_tokens,
                               s.lyric_tokens, s.codes, s.is_cover, s.frames, s.source_frames);
        case Stage::diffuse:
            return fmt::format("diffuse {} {} {} {} {} {}", settings, s.frames,
                               s.text_tokens + s.lyric_tokens, s.guided, s.steps,
                               s.times_lyrics ? s.lyric_tokens : 0);
        case Stage::decode:
            return fmt::format("decode {} {} {} {}", static_cast<int>(t.policy), t.streamed,
                               tiling.window, tiling.core);
        case Stage::load:
        case Stage::align:
        case Stage::finish: break;
    }
    return {};
}

std::vector<std::int32_t> some_ids(std::int64_t count) {
    return std::vector<std::int32_t>(static_cast<std::size_t>(count), 0);
}

/// What a rehearsed sampler or decoder is given: it looks at no numbers.
Array without_numbers(std::vector<std::int64_t> shape) {
    Array array;
    array.shape = std::move(shape);
    return array;
}

models::Tiling decoder_tiling(const models::VaeConfig& config, const SongShape& shape,
                              const StageSettings& settings) {
    return models::tile(shape.frames, settings.tile_frames, config.decoder_reach_frames());
}

}  // namespace

/// One stage on one device; the sampler for one song and the decoder for one tile.
class Rehearsal::Run {
public:
    Run(SongNetworks& networks, std::unique_ptr<Device> device, const SongShape& shape,
        const StageSettings& settings)
        : networks_(networks), device_(std::move(device)), shape_(shape), settings_(settings) {}

    StageNeeds run(Stage stage) {
        switch (stage) {
            case Stage::compose: compose(); break;
            case Stage::listen: listen(); break;
            case Stage::describe: describe(); break;
            case Stage::condition: condition(); break;
            case Stage::diffuse: diffuse(); break;
            case Stage::decode: decode(); break;
            case Stage::load:
            case Stage::align:  // rehearsed with the sampler
            case Stage::finish: break;
        }
        needs_.peak_bytes = device_->memory().peak_bytes();
        return needs_;
    }

private:
    /// Weights for as long as `work` runs. Its time is counted `times` times.
    template <typename Work>
    void with(WeightSet& weights, double times, Work&& work) {
        weights.set_residency(settings_.streamed ? Residency::streamed : Residency::swapped);
        const double before = device_->work().seconds;
        weights.load(*device_);
        const double loaded = device_->work().seconds;
        needs_.load_seconds += loaded - before;
        needs_.weight_bytes = std::max(needs_.weight_bytes, weights.bytes(*device_));
        work();
        needs_.run_seconds += times * (device_->work().seconds - loaded);
        weights.unload();
    }

    /// Only for a device that looks at them: those of a long song are megabytes.
    Array some_numbers(std::vector<std::int64_t> shape) const {
        return device_->rehearses() ? without_numbers(std::move(shape)) : Array(std::move(shape));
    }

    void compose();
    void listen();
    void describe();
    void condition();
    void diffuse();
    void decode();

    SongNetworks& networks_;
    std::unique_ptr<Device> device_;
    const SongShape& shape_;
    const StageSettings& settings_;
    StageNeeds needs_;
};

void Rehearsal::Run::compose() {
    if (shape_.lm_tokens == 0 || !networks_.has_language_model()) return;
    models::LanguageModel& model = networks_.language_model(settings_.policy);
    const int at_once = settings_.songs_at_once > 0
                            ? std::min(settings_.songs_at_once, shape_.songs)
                            : shape_.songs;
    const std::int64_t branches = shape_.lm_guided ? 2 : 1, rows = branches * at_once;
    const std::int64_t shared = branches * shape_.lm_prompt_tokens;
    const int rounds = (shape_.songs + at_once - 1) / at_once;
    with(model.weights(), rounds, [&] {
        models::KvCache cache(*device_, model.config(), model.cache_type(),
                              shared + rows * (shape_.lm_tokens + spare_rows));
        models::Decoder decoder(*device_, model, cache);
        const models::HeadRange all = model.all_tokens();
        std::vector<float> logits(static_cast<std::size_t>(all.size()));
        // Both prompts are of one length.
        const double begin = device_->work().seconds;
        decoder.read_prompt(some_ids(shape_.lm_prompt_tokens), 0, all, logits);
        device_->add_work(
            {.seconds = static_cast<double>(branches - 1) * (device_->work().seconds - begin)});
        std::vector<models::NewToken> step;
        for (std::int64_t row = 0; row < rows; ++row) {
            const std::int64_t place = shared + row;
            step.push_back({.row = place, .visible = {{0, shared}, {place, 1}}, .logits = logits});
        }
        const double before = device_->work().seconds;
        decoder.step(step, all);
        device_->add_work({.seconds = static_cast<double>(shape_.lm_tokens - 1) *
                                      (device_->work().seconds - before)});
    });
}

void Rehearsal::Run::listen() {
    const models::VaeConfig& config = networks_.vae_config();
    const std::int64_t clip = shape_.has_reference ? networks_.config().timbre_frames : 0;
    for (const std::int64_t frames : {shape_.source_frames, clip}) {
        if (frames == 0) continue;
        models::VaeEncoder& encoder = networks_.vae_encoder(settings_.policy);
        const models::Tiling tiling =
            models::tile(frames, settings_.tile_frames, config.encoder_reach_frames());
        needs_.tile_frames = std::max(needs_.tile_frames, tiling.window);
        with(encoder.weights(), static_cast<double>(tiling.tiles.size()), [&] {
            encoder.encode(
                *device_,
                Array({tiling.window * config.samples_per_frame(), config.audio_channels}), 0);
        });
    }
}

void Rehearsal::Run::describe() {
    models::Qwen3& encoder = networks_.text_encoder(settings_.policy);
    with(encoder.weights(), 1, [&] {
        encoder.hidden_states(*device_, some_ids(shape_.text_tokens));
        encoder.embeddings(*device_, some_ids(shape_.lyric_tokens));
    });
}

void Rehearsal::Run::condition() {
    const models::AceStepConfig& config = networks_.config();
    if (shape_.is_cover) {
        models::AudioTokenizer& tokenizer = networks_.audio_tokenizer();
        with(tokenizer.weights(), 1, [&] {
            tokenizer.tokenize(*device_, Array({shape_.source_frames, config.latent_channels}),
                               Array({config.pool_window, config.latent_channels}));
        });
    }
    if (shape_.frames == 0) return;
    if (shape_.is_cover || shape_.codes > 0) {
        const std::int64_t codes =
            shape_.codes > 0 ? shape_.codes : shape_.frames / config.pool_window;
        models::AudioDetokenizer& detokenizer = networks_.audio_detokenizer(settings_.policy);
        with(detokenizer.weights(), 1, [&] {
            detokenizer.detokenize(*device_, detokenizer.dequantize(*device_, some_ids(codes)));
        });
    }
    models::ConditionEncoder& encoder = networks_.condition_encoder(settings_.policy);
    with(encoder.weights(), 1, [&] {
        encoder.lyrics(*device_, some_numbers({shape_.lyric_tokens, config.text_width}));
        encoder.timbre(*device_, some_numbers({config.timbre_frames, config.latent_channels}));
        encoder.text(*device_, some_numbers({shape_.text_tokens, config.text_width}));
    });
}

void Rehearsal::Run::diffuse() {
    const models::AceStepConfig& config = networks_.config();
    models::Dit& dit = networks_.dit(settings_.policy);
    with(dit.weights(), 1, [&] {
        // Lyrics, timbre and text are one sequence (pipeline/condition.cpp).
        const std::int64_t encoded = shape_.lyric_tokens + 1 + shape_.text_tokens;
        const models::DitCondition condition{
            without_numbers({encoded, config.encoder.hidden_size}),
            without_numbers({shape_.frames, config.context_channels()})};
        const Array x = without_numbers({1, shape_.frames, config.latent_channels});
        const float t = 0.5f;
        const auto repeated = [&](double times, auto&& pass) {
            models::DitRun run(*device_, dit, std::span(&condition, 1));
            const double before = device_->work().seconds;
            pass(run);
            device_->add_work({.seconds = (times - 1) * (device_->work().seconds - before)});
        };
        repeated(shape_.steps,
                 [&](models::DitRun& run) { run.velocity(x, std::span(&t, 1), shape_.guided); });
        if (!shape_.times_lyrics) return;
        repeated(1, [&](models::DitRun& run) {
            run.cross_attention(x, t, config.lyric_heads, 0, shape_.lyric_tokens);
        });
    });
}

void Rehearsal::Run::decode() {
    const models::VaeConfig& config = networks_.vae_config();
    models::VaeDecoder& decoder = networks_.vae_decoder(settings_.policy);
    const models::Tiling tiling = decoder_tiling(config, shape_, settings_);
    needs_.tile_frames = tiling.window;
    const Array latents = some_numbers({shape_.frames, config.latent_channels});
    with(decoder.weights(), 1, [&] {
        // All tiles cost the same; the last one is what is left of this song.
        decoder.decode(*device_, latents, settings_.tile_frames, tiling.tiles.back().core_begin,
                       [](std::int64_t, std::span<const float>) {});
    });
}

Rehearsal::Rehearsal(SongNetworks& networks,
                     std::function<std::unique_ptr<runtime::Device>()> new_device)
    : networks_(networks), new_device_(std::move(new_device)) {}

StageNeeds Rehearsal::needs(Stage stage, const SongShape& shape, const StageSettings& settings) {
    double times = 1;
    models::Tiling tiling;
    if (stage == Stage::diffuse || stage == Stage::decode) times = shape.songs;
    if (stage == Stage::decode) {
        tiling = decoder_tiling(networks_.vae_config(), shape, settings);
        times *= static_cast<double>(tiling.tiles.size());
    }
    const auto [known, is_new] = known_.try_emplace(key(stage, shape, settings, tiling));
    if (is_new) known->second = Run(networks_, new_device_(), shape, settings).run(stage);
    StageNeeds needs = known->second;
    needs.run_seconds *= times;
    return needs;
}

}  // namespace acestep::planner
