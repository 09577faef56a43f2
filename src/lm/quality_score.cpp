#include "lm/quality_score.h"

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "acestep/error.h"
#include "text/audio_code_text.h"
#include "text/chain_of_thought_writer.h"
#include "text/control_tokens.h"
#include "text/unicode.h"

namespace acestep::lm {
namespace {

using text::MetaField;
using TokenScores = std::vector<TokenScore>;

constexpr std::int64_t lowest_rank_that_counts = 10;

constexpr std::array recalled_fields = {MetaField::bpm,      MetaField::duration,
                                        MetaField::genres,   MetaField::keyscale,
                                        MetaField::language, MetaField::timesignature};

constexpr std::string_view lyrics_name = "lyrics", metadata_name = "metadata";

struct Condition {
    std::string name;
    QualityMetric metric;
    std::string target;  ///< the text whose tokens are judged
};

std::string cleaned(const std::string& words, const QualityRequest& request) {
    return request.rules.parity == text::Parity::official ? words
                                                          : text::without_control_tokens(words);
}

// The value to be judged, when there is one.
std::optional<text::MetaValue> present_value(const QualityRequest& request, MetaField field) {
    const text::MetaValue* value = request.metadata.find(field);
    if (!value) return std::nullopt;
    const auto* words = std::get_if<std::string>(value);
    if (!words) return *value;
    std::string kept = cleaned(*words, request);
    if (text::strip(kept).empty()) return std::nullopt;
    return kept;
}

std::vector<Condition> conditions_of(const QualityRequest& request) {
    std::vector<Condition> conditions;
    const auto add_field = [&](MetaField field, QualityMetric metric) {
        if (const auto value = present_value(request, field))
            conditions.push_back(
                {std::string(name(field)), metric, text::write_single_field(field, *value) + '\n'});
    };
    for (const MetaField field : recalled_fields) add_field(field, QualityMetric::top_k_recall);
    add_field(MetaField::caption, QualityMetric::pmi);
    const std::string lyrics = cleaned(request.lyrics, request);
    if (!text::strip(lyrics).empty())
        conditions.push_back({std::string(lyrics_name), QualityMetric::pmi,
                              fmt::format("<think>\n</think>\n# Lyric\n{}\n", lyrics)});
    return conditions;
}

double top_k_recall(std::span<const TokenScore> tokens) {
    if (tokens.empty()) return 0;
    double sum = 0;
    for (const TokenScore& token : tokens)
        if (token.rank <= lowest_rank_that_counts)
            sum += 1 - static_cast<double>(token.rank - 1) / lowest_rank_that_counts;
    return sum / static_cast<double>(tokens.size());
}

double mean_log_probability(std::span<const TokenScore> tokens) {
    if (tokens.empty()) return -std::numeric_limits<double>::infinity();
    double sum = 0;
    for (const TokenScore& token : tokens) sum += token.log_probability;
    return sum / static_cast<double>(tokens.size());
}

double pmi_score(std::span<const TokenScore> with_codes, std::span<const TokenScore> without_codes,
                 double scale) {
    const double conditional = mean_log_probability(with_codes);
    // What is impossible with the codes is not explained by them, also when impossible anyway.
    if (std::isinf(conditional)) return 0;
    const double pmi = conditional - mean_log_probability(without_codes);
    return 1 / (1 + std::exp(-pmi / scale));
}

std::vector<TokenScores> judged(Judge& judge, const std::string& prompt,
                                const std::vector<std::string>& targets) {
    if (targets.empty()) return {};
    std::vector<TokenScores> scores = judge.judge(prompt, targets);
    if (scores.size() != targets.size())
        throw Error(ErrorCode::internal,
                    fmt::format("Of {} texts, {} were judged.", targets.size(), scores.size()));
    return scores;
}

std::vector<std::string> targets_of(std::span<const Condition> conditions,
                                    std::optional<QualityMetric> metric = {}) {
    std::vector<std::string> targets;
    for (const Condition& condition : conditions)
        if (!metric || condition.metric == *metric) targets.push_back(condition.target);
    return targets;
}

std::vector<ConditionScore> scores_of(Judge& judge, std::span<const Condition> conditions,
                                      const QualityRequest& request) {
    const auto prompt = [&](std::string_view codes) {
        return text::understanding_prompt(codes, request.rules);
    };
    const auto with_codes = judged(judge, prompt(text::audio_code_tokens_in(request.audio_codes)),
                                   targets_of(conditions));
    const auto without_codes =
        judged(judge, prompt(text::no_user_input), targets_of(conditions, QualityMetric::pmi));
    std::vector<ConditionScore> scores;
    auto unconditional = without_codes.begin();
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        const auto& [name, metric, target] = conditions[i];
        const double score = metric == QualityMetric::pmi
                                 ? pmi_score(with_codes[i], *unconditional++, request.pmi_scale)
                                 : top_k_recall(with_codes[i]);
        scores.push_back({name, metric, score});
    }
    return scores;
}

std::vector<QualityGroup> groups_of(std::span<const ConditionScore> scores,
                                    const QualityWeights& weights) {
    std::vector<QualityGroup> groups;
    double metadata_sum = 0;
    int metadata_fields = 0;
    for (const auto& [name, metric, score] : scores) {
        if (metric == QualityMetric::pmi) {
            groups.push_back({name, score, name == lyrics_name ? weights.lyrics : weights.caption});
        } else {
            metadata_sum += score;
            ++metadata_fields;
        }
    }
    if (metadata_fields > 0)
        groups.push_back(
            {std::string(metadata_name), metadata_sum / metadata_fields, weights.metadata});
    return groups;
}

double weighted_mean(std::span<const QualityGroup> groups) {
    double sum = 0, weights = 0;
    for (const QualityGroup& group : groups) {
        sum += group.weight * group.score;
        weights += group.weight;
    }
    if (!(weights > 0))
        throw Error(ErrorCode::invalid_request,
                    "The weights of everything that can be judged are 0.",
                    "Give one of them a weight above 0.");
    return sum / weights;
}

void check(const QualityRequest& request) {
    if (text::audio_code_tokens_in(request.audio_codes).empty())
        throw Error(ErrorCode::invalid_request, "There are no audio codes to judge.",
                    "Codes look like <|audio_code_18953|><|audio_code_13833|>.");
    if (!(request.pmi_scale > 0 && std::isfinite(request.pmi_scale)))
        throw Error(ErrorCode::invalid_request,
                    fmt::format("The scale of the quality score is {}; it has to be above 0.",
                                request.pmi_scale));
    const auto& [caption, lyrics, metadata] = request.weights;
    for (const double weight : {caption, lyrics, metadata})
        if (!(weight >= 0 && std::isfinite(weight)))
            throw Error(ErrorCode::invalid_request,
                        fmt::format("A weight of the quality score is {}; it has to be 0 or above.",
                                    weight));
}

}  // namespace

QualityScore quality_score(Judge& judge, const QualityRequest& request) {
    check(request);
    const std::vector<Condition> conditions = conditions_of(request);
    if (conditions.empty())
        throw Error(ErrorCode::invalid_request, "There is nothing to judge the audio codes by.",
                    "Give a caption, lyrics or metadata.");
    QualityScore quality;
    quality.conditions = scores_of(judge, conditions, request);
    quality.groups = groups_of(quality.conditions, request.weights);
    quality.global = weighted_mean(quality.groups);
    return quality;
}

}  // namespace acestep::lm
