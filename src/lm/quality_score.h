// How well audio codes explain the conditions they were made for: the model that reads the codes
// (understanding prompt) is asked how likely it finds each condition.
//
//     tempo, key, …      top-k recall: 1 for a token that the model finds likeliest, down to 0
//                        below the tenth, averaged over the tokens
//     caption, lyrics    PMI: the mean log-probability of a token with the codes, less that without
//                        them, through a sigmoid
//
// All scores are 0…1, higher is better. No network here: it is behind Judge.
// Source: spec lm.md 6.1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text/lm_prompts.h"
#include "text/metas.h"

namespace acestep::lm {

/// Of one token of a text, given all that stands before it.
struct TokenScore {
    double log_probability = 0;  ///< at temperature 1, of the whole vocabulary
    std::int64_t rank = 1;       ///< 1: the likeliest token
};

class Judge {
public:
    virtual ~Judge() = default;

    /// For each of the targets the scores of its tokens, read directly behind the prompt; no tokens
    /// for a text that is blank or does not fit the context. Prompt and targets are tokenized apart
    /// from each other. \throws Error
    virtual std::vector<std::vector<TokenScore>> judge(const std::string& prompt,
                                                       const std::vector<std::string>& targets) = 0;
};

/// What a group of conditions counts. Groups that are absent count nothing.
struct QualityWeights {
    double caption = 0.5, lyrics = 0.3, metadata = 0.2;
};

struct QualityRequest {
    std::string audio_codes;  ///< code tokens (text/audio_code_text.h)
    text::Metas metadata;     ///< caption included; blank words are absent
    std::string lyrics;       ///< blank: absent
    double pmi_scale = 0.1;   ///< above 0; the higher, the closer to 0.5 are caption and lyrics
    QualityWeights weights;
    text::LmPromptRules rules;
};

enum class QualityMetric { top_k_recall, pmi };

struct ConditionScore {
    std::string name;  ///< "bpm", "caption", "lyrics", …
    QualityMetric metric = QualityMetric::pmi;
    double score = 0;
};

/// "caption", "lyrics" or "metadata", whose score is the mean of its fields. weight · score, added
/// up and divided by the sum of weights, is the global score.
struct QualityGroup {
    std::string name;
    double score = 0;
    double weight = 0;
};

struct QualityScore {
    double global = 0;
    std::vector<QualityGroup> groups;        ///< in that order, absent ones left out
    std::vector<ConditionScore> conditions;  ///< fields of the metadata, caption, lyrics
};

/// \throws Error{invalid_request} without codes or without any condition, for a scale that is not
/// above 0, and for weights that are negative or 0 for all that is there; and what the judge
/// throws.
QualityScore quality_score(Judge& judge, const QualityRequest& request);

}  // namespace acestep::lm
