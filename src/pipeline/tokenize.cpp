#include "pipeline/tokenize.h"

namespace acestep::pipeline {

std::vector<std::int32_t> tokenize(ModelSet& models, RunContext& context, const Array& latents) {
    models::AudioTokenizer& tokenizer = models.networks().audio_tokenizer();
    const Loaded loaded(tokenizer.weights(), context, runtime::Residency::swapped);
    return tokenizer.tokenize(context.device(), latents, models.silence());
}

Array detokenize(ModelSet& models, RunContext& context, std::span<const std::int32_t> codes) {
    models::AudioDetokenizer& detokenizer =
        models.networks().audio_detokenizer(context.settings().policy);
    const Loaded loaded(detokenizer.weights(), context, runtime::Residency::swapped);
    return detokenizer.detokenize(context.device(),
                                  detokenizer.dequantize(context.device(), codes));
}

}  // namespace acestep::pipeline
