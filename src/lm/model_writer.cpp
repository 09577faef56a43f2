#include "lm/model_writer.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "acestep/error.h"
#include "lm/sequence.h"
#include "lm/sequence_rows.h"
#include "text/lm_token_budget.h"

namespace acestep::lm {
namespace {

// An unconditional prompt that differs in so few tokens from the conditional one is not read as a
// whole: each song reads the difference.
constexpr std::int64_t short_difference = 32;
// Room that texts of unknown length begin with.
constexpr std::int64_t words_room = 256;

using Tokens = std::vector<TokenId>;

std::int64_t count(const Tokens& tokens) {
    return static_cast<std::int64_t>(tokens.size());
}

models::HeadRange hull(models::HeadRange a, models::HeadRange b) {
    if (a.size() == 0) return b;
    return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

/// One row of the batch: a song under one of the two prompts. All rows of a kind begin alike.
struct Branch {
    Tokens prompt;     ///< with the tokens forced at the begin
    Tokens own_begin;  ///< the end of `prompt` that each song reads by itself
    models::CachedRows shared;
};

class Writing {
public:
    Writing(runtime::Device& device, const models::LanguageModel& model,
            std::vector<Sequence>& sequences, std::vector<Branch> branches, std::int64_t most,
            std::int64_t first_room, std::int64_t expected_codes);

    /// Until all are finished.
    void run(const ModelWriter::Report& report);

private:
    std::size_t place_of(std::size_t branch, std::size_t sequence) const {
        return branch * sequences_.size() + sequence;
    }
    std::span<float> logits_of(std::size_t branch, std::size_t sequence) {
        return std::span(logits_).subspan(place_of(branch, sequence) * vocabulary_, vocabulary_);
    }
    std::span<float> in_range(std::span<float> logits, models::HeadRange range) const {
        return logits.subspan(static_cast<std::size_t>(range.begin),
                              static_cast<std::size_t>(range.size()));
    }
    models::HeadRange head_range() const;
    bool all_finished() const;
    void read_prompts();
    void read_written();
    void choose();
    void read(std::size_t branch, std::size_t sequence, std::span<const TokenId> tokens,
              models::HeadRange range, std::vector<models::NewToken>& batch);

    runtime::Device& device_;
    std::vector<Sequence>& sequences_;
    std::vector<Branch> branches_;
    std::size_t vocabulary_;
    std::int64_t most_;
    std::int64_t expected_codes_;
    SequenceRows rows_;
    std::vector<float> logits_;
};

std::int64_t shared_rows(const std::vector<Branch>& branches) {
    std::int64_t rows = 0;
    for (const Branch& branch : branches)
        rows = std::max(rows, branch.shared.begin + branch.shared.count);
    return rows;
}

Writing::Writing(runtime::Device& device, const models::LanguageModel& model,
                 std::vector<Sequence>& sequences, std::vector<Branch> branches, std::int64_t most,
                 std::int64_t first_room, std::int64_t expected_codes)
    : device_(device),
      sequences_(sequences),
      branches_(std::move(branches)),
      vocabulary_(static_cast<std::size_t>(model.config().vocabulary)),
      most_(most + short_difference),
      expected_codes_(expected_codes),
      rows_(device, model, shared_rows(branches_),
            static_cast<std::int64_t>(branches_.size() * sequences_.size()),
            std::min(most, first_room) + short_difference),
      logits_(branches_.size() * sequences_.size() * vocabulary_) {
    for (std::size_t branch = 0; branch < branches_.size(); ++branch) {
        for (std::size_t i = 0; i < sequences_.size(); ++i)
            rows_[place_of(branch, i)].shared = branches_[branch].shared;
    }
}

bool Writing::all_finished() const {
    return std::all_of(sequences_.begin(), sequences_.end(),
                       [](const Sequence& sequence) { return sequence.finished(); });
}

models::HeadRange Writing::head_range() const {
    models::HeadRange range;
    for (const Sequence& sequence : sequences_)
        if (!sequence.finished()) range = hull(range, sequence.head_range());
    return range;
}

void Writing::read(std::size_t branch, std::size_t sequence, std::span<const TokenId> tokens,
                   models::HeadRange range, std::vector<models::NewToken>& batch) {
    for (const TokenId token : tokens)
        batch.push_back(rows_.append(place_of(branch, sequence), token));
    batch.back().logits = in_range(logits_of(branch, sequence), range);
}

void Writing::read_prompts() {
    const models::HeadRange range = head_range();
    std::vector<models::NewToken> differences;
    for (std::size_t branch = 0; branch < branches_.size(); ++branch) {
        const Branch& begin = branches_[branch];
        if (!begin.own_begin.empty()) {
            for (std::size_t i = 0; i < sequences_.size(); ++i)
                read(branch, i, begin.own_begin, range, differences);
            continue;
        }
        const std::span<float> first = in_range(logits_of(branch, 0), range);
        rows_.decoder().read_prompt(begin.prompt, begin.shared.begin, range, first);
        for (std::size_t i = 1; i < sequences_.size(); ++i)
            std::copy(first.begin(), first.end(), in_range(logits_of(branch, i), range).begin());
    }
    if (!differences.empty()) rows_.decoder().step(differences, range);
    for (Sequence& sequence : sequences_) sequence.mark_read();
}

void Writing::read_written() {
    const models::HeadRange range = head_range();
    std::int64_t most_new = 0;
    for (const Sequence& sequence : sequences_) {
        if (!sequence.finished())
            most_new = std::max(most_new, static_cast<std::int64_t>(sequence.unread().size()));
    }
    rows_.reserve(most_new, most_);
    std::vector<models::NewToken> batch;
    for (std::size_t branch = 0; branch < branches_.size(); ++branch) {
        for (std::size_t i = 0; i < sequences_.size(); ++i) {
            if (!sequences_[i].finished()) read(branch, i, sequences_[i].unread(), range, batch);
        }
    }
    rows_.decoder().step(batch, range);
    for (Sequence& sequence : sequences_) sequence.mark_read();
}

void Writing::choose() {
    // Among tens of thousands of codes a choice takes a while, and songs choose independently.
    std::vector<std::exception_ptr> failures(sequences_.size());
    device_.pool().run(static_cast<std::int64_t>(sequences_.size()), [&](std::int64_t index) {
        const auto i = static_cast<std::size_t>(index);
        if (sequences_[i].finished()) return;
        const bool guided = branches_.size() > 1;
        try {
            sequences_[i].choose(logits_of(0, i), guided ? std::span<const float>(logits_of(1, i))
                                                         : std::span<const float>());
        } catch (...) {
            failures[i] = std::current_exception();
        }
    });
    for (const std::exception_ptr& failure : failures)
        if (failure) std::rethrow_exception(failure);
}

void Writing::run(const ModelWriter::Report& report) {
    if (all_finished()) return;
    read_prompts();
    while (true) {
        choose();
        WritingProgress progress{.expected_codes = expected_codes_};
        for (const Sequence& sequence : sequences_) {
            progress.tokens = std::max(progress.tokens, count(sequence.written()));
            progress.codes = std::max(progress.codes, sequence.codes_written());
        }
        if (report) report(progress);
        if (all_finished()) return;
        read_written();
    }
}

/// Where the prompts go in the cache: one behind the other, or the second on the first as far as
/// both are the same.
void place(std::vector<Branch>& branches) {
    std::int64_t row = 0;
    for (Branch& branch : branches) {
        branch.shared = {row, count(branch.prompt)};
        if (&branch != &branches.front()) {
            const Tokens& first = branches.front().prompt;
            // At least one token is read by itself, for its logits.
            const auto last = branch.prompt.end() - 1;
            const auto differs =
                std::mismatch(branch.prompt.begin(), last, first.begin(), first.end()).first;
            if (branch.prompt.end() - differs <= short_difference) {
                branch.shared = {0, differs - branch.prompt.begin()};
                branch.own_begin.assign(differs, branch.prompt.end());
            }
        }
        row = std::max(row, branch.shared.begin + branch.shared.count);
    }
}

}  // namespace

ModelWriter::ModelWriter(runtime::Device& device, const models::LanguageModel& model,
                         const text::Tokenizer& tokenizer, const Grammar& grammar,
                         std::int64_t context_tokens, Report report)
    : device_(device),
      model_(model),
      tokenizer_(tokenizer),
      grammar_(grammar),
      context_tokens_(context_tokens),
      report_(std::move(report)) {}

std::vector<Tokens> ModelWriter::write_tokens(const WritingTask& task) {
    const std::size_t songs = task.seeds.size();
    const std::size_t at_once = songs_at_once_ == 0 ? songs : std::min(songs_at_once_, songs);
    std::vector<Tokens> written;
    for (std::size_t first = 0; first < songs; first += at_once) {
        WritingTask part = task;
        const auto begin = task.seeds.begin() + static_cast<std::ptrdiff_t>(first);
        part.seeds.assign(begin,
                          begin + static_cast<std::ptrdiff_t>(std::min(at_once, songs - first)));
        std::ranges::move(write_together(part), std::back_inserter(written));
    }
    return written;
}

std::vector<Tokens> ModelWriter::write_together(const WritingTask& task) {
    std::vector<Branch> branches{{tokenizer_.encode(task.prompt), {}, {}}};
    const bool guided = task.unconditional_prompt && task.guidance_scale > 1;
    if (guided) branches.push_back({tokenizer_.encode(*task.unconditional_prompt), {}, {}});

    std::int64_t longest = 0;
    for (const Branch& branch : branches) longest = std::max(longest, count(branch.prompt));
    const std::int64_t room = context_tokens_ - longest;
    if (room < 1) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("The language model was given {} tokens to read; it takes {}.",
                                longest, context_tokens_ - 1),
                    "Shorten the lyrics or the caption.");
    }
    SequenceTask sequence_task{.settings = task.sequence,
                               .sampling = task.sampling,
                               .guidance_scale = task.guidance_scale,
                               .key = {.phase = task.phase},
                               .most_tokens = std::min(task.most_tokens.value_or(room), room)};
    sequence_task.settings.prompt_holds_reasoning =
        grammar_.holds_reasoning(branches.front().prompt);

    std::vector<Sequence> sequences;
    for (const std::uint64_t seed : task.seeds) {
        sequence_task.key.seed = seed;
        sequences.emplace_back(grammar_, sequence_task, branches.front().prompt);
    }
    // What is forced at the begin is the same for all, and read with the prompt.
    for (Branch& branch : branches) {
        const Tokens& forced = sequences.front().written();
        branch.prompt.insert(branch.prompt.end(), forced.begin(), forced.end());
    }
    place(branches);
    const std::int64_t most = sequence_task.most_tokens;
    const std::int64_t codes =
        task.sequence.phase == Phase::codes
            ? text::audio_code_count(task.sequence.target_duration_seconds.value_or(0))
            : 0;
    Writing(device_, model_, sequences, std::move(branches), most, codes > 0 ? most : words_room,
            codes)
        .run(report_);

    std::vector<Tokens> written;
    for (const Sequence& sequence : sequences) written.push_back(sequence.written());
    return written;
}

std::vector<std::string> ModelWriter::write(const WritingTask& task) {
    std::vector<std::string> texts;
    for (const Tokens& tokens : write_tokens(task)) texts.push_back(tokenizer_.decode(tokens));
    return texts;
}

}  // namespace acestep::lm
