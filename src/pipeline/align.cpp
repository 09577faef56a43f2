#include "pipeline/align.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "diffusion/noise.h"
#include "pipeline/lyric_alignment.h"
#include "text/prompts.h"

namespace acestep::pipeline {
namespace {

constexpr std::int64_t noise_seed = 42;

/// A song's latents `[1, T, C]` with so much noise as before the sampler's last step.
Array slightly_noisy(const Array& latents, NoiseSource source, float t) {
    Array x =
        diffusion::initial_noise(source, std::span(&noise_seed, 1), latents.dim(0), latents.dim(1));
    std::transform(x.values.begin(), x.values.end(), latents.values.begin(), x.values.begin(),
                   [t](float noise, float clean) { return t * noise + (1 - t) * clean; });
    return x;
}

/// From what the heads look at `[heads, tokens, frames]`; a unit of the stage for each head.
LyricTimes times_of(RunContext& context, const Array& heads, const LyricTokens& lyrics,
                    double seconds) {
    LyricAttention attention(heads.dim(1), heads.dim(2));
    for (std::int64_t head = 0; head < heads.dim(0); ++head) {
        attention.add(heads.slice(head));
        context.advance();
    }
    Array cost = attention.sharpened();
    for (float& value : cost.values) value = -value;
    const double seconds_per_frame = seconds / static_cast<double>(heads.dim(2));
    const std::vector<TokenTime> times = token_times(cheapest_path(cost), seconds_per_frame);
    return {lyric_lines(lyrics.tokens, times), alignment_score(attention.energy(), lyrics.tokens)};
}

}  // namespace

std::optional<LyricTokens> lyrics_to_time(const ModelSet& models, const ResolvedRequest& request,
                                          const Words& words, std::vector<std::string>& warnings) {
    if (!request.request.get_lrc) return std::nullopt;
    const text::Tokenizer& tokenizer = models.tokenizer();
    const std::string heading = text::lyric_prompt_heading(request.request.vocal_language);
    const auto end_of_text = tokenizer.token_id("<|endoftext|>");
    LyricTokens lyrics{static_cast<std::int64_t>(tokenizer.encode_plain(heading).size()), {}};
    for (auto i = static_cast<std::size_t>(lyrics.first); i < words.lyrics.size(); ++i) {
        if (words.lyrics[i] == end_of_text) break;
        lyrics.tokens.emplace_back(tokenizer.token_bytes(words.lyrics[i]));
    }
    if (lyrics.tokens.empty() || text::is_instrumental(request.request.lyrics)) {
        warnings.emplace_back("There are no lyrics, so there is nothing to time.");
        return std::nullopt;
    }
    const models::AceStepConfig& config = models.config();
    if (config.lyric_heads.empty()) {
        warnings.push_back(fmt::format(
            "The lyrics are not timed: for a network of {} layers with {} heads it is not known "
            "which follow the lyrics, and the config.json of {} has no "
            "lyric_alignment_layers_config for them.",
            config.decoder_layers, config.decoder.heads, models.facts().name));
        return std::nullopt;
    }
    return lyrics;
}

std::vector<LyricTimes> align(ModelSet& models, RunContext& context, const ResolvedRequest& request,
                              const Conditioning& conditioning, const LyricTokens& lyrics,
                              const std::vector<Array>& latents, int steps) {
    const std::vector<models::AttentionHead>& heads = models.config().lyric_heads;
    const auto units = static_cast<int>(heads.size()) + 1;
    const float t = 1.0f / static_cast<float>(steps);
    std::vector<LyricTimes> results;
    return context.stage(Stage::align, static_cast<int>(latents.size()) * units, [&] {
        models::Dit& dit = models.networks().dit(context.settings().policy);
        const Loaded loaded(dit.weights(), context);
        models::DitRun run(context.device(), dit, std::span(&conditioning.main, 1));
        context.advance(static_cast<int>(results.size()) * units);
        for (std::size_t song = results.size(); song < latents.size(); ++song) {
            const Array x = slightly_noisy(latents[song], request.request.noise_source, t);
            const Array seen = run.cross_attention(x, t, heads, lyrics.first,
                                                   static_cast<std::int64_t>(lyrics.tokens.size()));
            context.advance();
            // As long as the song is, which is not always what the request says.
            const double seconds = models.facts().seconds(double(latents[song].dim(0)));
            results.push_back(times_of(context, seen, lyrics, seconds));
        }
        return std::move(results);
    });
}

}  // namespace acestep::pipeline
