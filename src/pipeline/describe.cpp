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

Description describe(ModelSet& models, RunContext& context, const ResolvedRequest& request) {
    Description result;
    const text::PromptInputs plain = prompt_inputs(request);
    const text::PromptInputs inputs =
        models.facts().is_lego_sft ? with_stems_caption(plain, request) : plain;
    const text::Tokenizer& tokenizer = models.tokenizer();
    const auto text_ids =
        limited(tokenizer, text::text_prompt(inputs), text::text_prompt_tokens,
                "caption is, with the tempo, key and length that follow it,", result.warnings);
    const auto lyric_ids = limited(tokenizer, text::lyric_prompt(inputs), text::lyric_prompt_tokens,
                                   "lyrics are", result.warnings);
    const bool switches = request.request.audio_cover_strength < 1;

    return context.stage(Stage::describe, switches ? 3 : 2, [&] {
        models::Qwen3& encoder = models.text_encoder();
        const Loaded loaded(encoder.weights(), context.device());
        result.text_states = encoder.hidden_states(context.device(), text_ids);
        context.advance();
        result.lyric_embeddings = encoder.embeddings(context.device(), lyric_ids);
        context.advance();
        if (switches) {
            const auto ids = text::encode_limited(tokenizer, text::non_cover_text_prompt(plain),
                                                  text::text_prompt_tokens);
            result.text_states_without_source = encoder.hidden_states(context.device(), ids.ids);
            context.advance();
        }
        return std::move(result);
    });
}

}  // namespace acestep::pipeline
