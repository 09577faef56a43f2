#include "pipeline/quality.h"

#include <cstdint>

#include "lm/given_metadata.h"
#include "lm/model_judge.h"
#include "lm/quality_score.h"
#include "pipeline/checkpoints/model_set.h"

namespace acestep::pipeline {
namespace {

using text::MetaField;

text::Metas judged_metas(const Metadata& metadata) {
    text::Metas metas{{MetaField::caption, metadata.caption},
                      {MetaField::genres, metadata.genres},
                      {MetaField::keyscale, metadata.keyscale},
                      {MetaField::language, metadata.language},
                      {MetaField::timesignature, metadata.timesignature}};
    if (metadata.bpm) metas.set(MetaField::bpm, static_cast<std::int64_t>(*metadata.bpm));
    if (metadata.duration) metas.set(MetaField::duration, *metadata.duration);
    return lm::usable_metas(metas);
}

const char* name_of(lm::QualityMetric metric) {
    return metric == lm::QualityMetric::pmi ? "pmi" : "top-k recall";
}

}  // namespace

QualityScore score(LanguageSet& language, RunContext& context, const std::string& audio_codes,
                   const ScoreRequest& request) {
    const lm::QualityRequest question{.audio_codes = audio_codes,
                                      .metadata = judged_metas(request.metadata),
                                      .lyrics = request.lyrics,
                                      .pmi_scale = request.pmi_scale};
    const lm::QualityScore judged = context.stage(Stage::compose, 0, [&] {
        models::LanguageModel& model = language.model(context.settings().policy);
        const Loaded loaded(model.weights(), context);
        lm::ModelJudge judge(context.device(), model, language.tokenizer(),
                             language.context_tokens());
        return lm::quality_score(judge, question);
    });
    QualityScore quality{.global = judged.global, .model = language.name()};
    for (const lm::ConditionScore& condition : judged.conditions)
        quality.conditions.push_back({condition.name, name_of(condition.metric), condition.score});
    return quality;
}

}  // namespace acestep::pipeline
