#include "pipeline/describe.h"

#include <fmt/format.h>

#include "text/prompts.h"

namespace acestep::pipeline {
namespace {

text::PromptInputs prompt_inputs(const ResolvedRequest& resolved) {
    const SongRequest& request = resolved.request;
    text::PromptInputs inputs;
    inputs.instruction = resolved.instruction;
    inputs.caption = request.caption;
    inputs.lyrics = request.lyrics;
    inputs.language = request.vocal_language;
    inputs.bpm = request.bpm;
    inputs.keyscale = request.keyscale;
    inputs.timesignature = request.timesignature;
    inputs.duration_seconds = resolved.prompt_seconds;
    return inputs;
}

/// For checkpoints trained on stems the caption is a block of its own, and only there a caption
/// that is itself a whole prompt is taken apart (golden pipeline_prompts.json).
text::PromptInputs with_stems_caption(text::PromptInputs inputs, const ResolvedRequest& resolved) {
    text::StemsCaption stems;
    stems.instruction = inputs.instruction;
    stems.global_caption = resolved.request.global_caption;
    stems.caption = text::inner_caption(inputs.caption);
    stems.mask_is_explicit = resolved.request.chunk_mask_mode != "auto";
    inputs.caption = text::stems_caption(stems);
    return inputs;
}

std::vector<text::TokenId> limited(const text::Tokenizer& tokenizer, const std::string& prompt,
                                   std::size_t limit, const char* what,
                                   std::vector<std::string>& warnings) {
    text::LimitedIds limited = text::encode_limited(tokenizer, prompt, limit);
    if (limited.cut) {
        warnings.push_back(fmt::format(
            "The {} too long for the {} tokens the text encoder reads; the end was left out.", what,
            limit));
    }
    return std::move(limited.ids);
}

}  // namespace

Words words_of(const ModelSet& models, const ResolvedRequest& request) {
    Words words;
    const text::PromptInputs plain = prompt_inputs(request);
    const text::PromptInputs inputs =
        models.facts().is_lego_sft ? with_stems_caption(plain, request) : plain;
    const text::Tokenizer& tokenizer = models.tokenizer();
    words.text =
        limited(tokenizer, text::text_prompt(inputs), text::text_prompt_tokens,
                "caption is, with the tempo, key and length that follow it,", words.warnings);
    words.lyrics = limited(tokenizer, text::lyric_prompt(inputs), text::lyric_prompt_tokens,
                           "lyrics are", words.warnings);
    if (request.request.audio_cover_strength < 1) {
        words.text_without_source =
            text::encode_limited(tokenizer, text::non_cover_text_prompt(plain),
                                 text::text_prompt_tokens)
                .ids;
    }
    return words;
}

Description describe(ModelSet& models, RunContext& context, const Words& words) {
    const bool switches = words.text_without_source.has_value();
    return context.stage(Stage::describe, switches ? 3 : 2, [&] {
        LoadedOnDemand encoder(models.networks().text_encoder(context.settings().policy), context);
        const auto remembered = [&](const char* what, const std::vector<text::TokenId>& ids,
                                    auto&& make) {
            Array result = models.results().get(what, context.way(), ids, make);
            context.advance();
            return result;
        };
        const auto states = [&](const std::vector<text::TokenId>& ids) {
            return remembered("text states", ids,
                              [&] { return encoder->hidden_states(context.device(), ids); });
        };
        Description result;
        result.text_states = states(words.text);
        result.lyric_embeddings = remembered("embeddings", words.lyrics, [&] {
            return encoder->embeddings(context.device(), words.lyrics);
        });
        if (switches) result.text_states_without_source = states(*words.text_without_source);
        return result;
    });
}

}  // namespace acestep::pipeline
