#include "pipeline/checkpoints/code_agreement.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "lm/code_agreement.h"
#include "lm/grammar.h"
#include "lm/model_writer.h"
#include "models/language_model.h"
#include "pipeline/checkpoints/checkpoint_choice.h"
#include "pipeline/checkpoints/tokenizer_file.h"
#include "runtime/device.h"

namespace acestep::pipeline {
namespace {

// Prompt and codes of a sample are some hundred tokens.
constexpr std::int64_t sample_context_tokens = 2048;

// Shares of the time: writing takes a pass for each code, reading one for a whole song.
constexpr double share_of_writing = 0.7, share_of_reading = 0.15;

class Comparison {
public:
    explicit Comparison(const CodeComparison& task)
        : task_(task), device_(runtime::Device::cpu(task.threads)) {
        device_->set_cancel(task.cancel);
    }

    double run() {
        const std::vector<Array> exact = exact_logits();
        const std::vector<Array> rounded = with_model(
            task_.rounded,
            [&](const models::LanguageModel& model) { return logits_of_samples(model); });
        double shared = 0;
        std::int64_t codes = 0;
        for (std::size_t i = 0; i < exact.size(); ++i) {
            const std::size_t positions = samples_[i].codes.size();
            const std::size_t row = exact[i].values.size() / positions;
            for (std::size_t at = 0; at < positions; ++at, ++codes) {
                shared +=
                    lm::shared_probability(std::span(exact[i].values).subspan(at * row, row),
                                           std::span(rounded[i].values).subspan(at * row, row));
            }
        }
        return codes > 0 ? shared / static_cast<double>(codes) : 0;
    }

private:
    template <typename Work>
    std::vector<Array> with_model(const checkpoint::Checkpoint& checkpoint, Work&& work) {
        models::LanguageModel model(checkpoint, weight_policy(Precision::automatic, checkpoint));
        model.weights().load(*device_);
        return work(model);
    }

    std::vector<Array> exact_logits() {
        return with_model(task_.exact, [&](const models::LanguageModel& model) {
            tokenizer_ = language_model_tokenizer(task_.exact, model.config().vocabulary);
            lm::GrammarOptions options;
            options.end_of_turn = end_of_turn(task_.exact);
            grammar_ = lm::Grammar::compile(*tokenizer_, options);
            lm::ModelWriter writer(*device_, model, *tokenizer_, *grammar_, sample_context_tokens,
                                   [&](const lm::WritingProgress& written) { report(written); });
            samples_ = lm::write_code_samples(writer, *tokenizer_, *grammar_);
            done_ = share_of_writing;
            return logits_of_samples(model);
        });
    }

    std::vector<Array> logits_of_samples(const models::LanguageModel& model) {
        std::vector<Array> logits;
        for (const lm::CodeSample& sample : samples_) {
            logits.push_back(lm::code_logits(*device_, model, *grammar_, sample));
            advance(share_of_reading / static_cast<double>(samples_.size()));
        }
        return logits;
    }

    void report(const lm::WritingProgress& written) {
        if (written.codes == 0 || written.expected_codes == 0) return;
        advance(share_of_writing / lm::code_sample_requests /
                static_cast<double>(written.expected_codes));
    }

    void advance(double share) {
        done_ += share;
        if (task_.progress) task_.progress(std::min(done_, 1.0));
    }

    const CodeComparison& task_;
    std::unique_ptr<runtime::Device> device_;
    std::optional<text::Tokenizer> tokenizer_;
    std::optional<lm::Grammar> grammar_;
    std::vector<lm::CodeSample> samples_;
    double done_ = 0;
};

}  // namespace

std::optional<double> stated_code_agreement(const checkpoint::Checkpoint& language) {
    const auto found = language.metadata().find(code_agreement_key);
    if (found == language.metadata().end()) return std::nullopt;
    const std::string& text = found->second;
    double value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_share = error == std::errc() && end == text.data() + text.size() && value >= 0 &&
                          value <= 1;  // false of NaN
    return is_share ? std::optional(value) : std::nullopt;
}

bool needs_code_agreement(const checkpoint::Checkpoint& language) {
    return stores_fewer_than_8_bits(language) || language.metadata().contains(code_agreement_key);
}

double code_agreement_of_source(const checkpoint::Checkpoint& language) {
    return needs_code_agreement(language) ? stated_code_agreement(language).value_or(0) : 1;
}

bool keeps_codes(const checkpoint::Checkpoint& language) {
    return code_agreement_of_source(language) >= least_code_agreement;
}

double measured_code_agreement(const CodeComparison& comparison) {
    return Comparison(comparison).run();
}

}  // namespace acestep::pipeline
