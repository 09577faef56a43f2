#include "pipeline/tokenize.h"

namespace acestep::pipeline {

std::vector<std::int32_t> tokenize(ModelSet& models, RunContext& context, const Array& latents) {
    const Loaded loaded(models.audio_tokenizer().weights(), context.device());
    return models.audio_tokenizer().tokenize(context.device(), latents, models.silence());
}

Array detokenize(ModelSet& models, RunContext& context, std::span<const std::int32_t> codes) {
    const Loaded loaded(models.audio_detokenizer().weights(), context.device());
    return models.audio_detokenizer().detokenize(
        context.device(), models.audio_detokenizer().dequantize(context.device(), codes));
}

}  // namespace acestep::pipeline
