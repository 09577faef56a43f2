// How long the grammar and the sampler take per token, without the network.
//
//     grammar_bench path/to/tokenizer.json        (of the language model: with audio codes)
//
// Prints the median and the spread (slowest minus fastest) of five runs after one warm-up.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "acestep/error.h"
#include "lm/grammar.h"
#include "lm/grammar_state.h"
#include "lm/guidance.h"
#include "lm/sampler.h"
#include "lm/step_random.h"
#include "text/tokenizer.h"

namespace {

using namespace acestep::lm;
using acestep::text::Tokenizer;

/// `work` returns how many tokens it has dealt with.
void report(const char* what, const std::function<std::size_t()>& work) {
    std::size_t tokens = work();
    std::array<double, 5> nanoseconds{};
    for (double& run : nanoseconds) {
        const auto begin = std::chrono::steady_clock::now();
        tokens = work();
        const std::chrono::duration<double, std::nano> passed =
            std::chrono::steady_clock::now() - begin;
        run = passed.count() / static_cast<double>(tokens);
    }
    std::sort(nanoseconds.begin(), nanoseconds.end());
    fmt::print("{:<44} {:>6} tokens  {:>12.0f} ns/token  ± {:.0f}\n", what, tokens, nanoseconds[2],
               nanoseconds[4] - nanoseconds[0]);
}

std::vector<float> random_logits(std::size_t count) {
    std::vector<float> logits(count);
    for (std::size_t i = 0; i < count; ++i)
        logits[i] = static_cast<float>(split_mix(i) >> 40) * 0x1p-21f;
    return logits;
}

SequenceSettings plan_settings() {
    SequenceSettings settings = {
        .stop_at_reasoning = true, .skip_caption = true, .skip_genres = true};
    settings.user_values[index_of(Field::language)] = "en";
    return settings;
}

TokenId first_of(const TokenChoice& choice) {
    return choice.ranges().front().begin;
}

/// Allowed tokens, then the first of them: the grammar alone.
std::size_t plans(const Grammar& grammar, const std::vector<float>& logits) {
    std::size_t tokens = 0;
    for (int i = 0; i < 100; ++i)
        for (GrammarState state(grammar, plan_settings()); !state.finished(); ++tokens)
            state.advance(first_of(state.allowed(logits)));
    return tokens;
}

/// Jumping over what is forced.
std::size_t jumping_plans(const Grammar& grammar, const std::vector<float>& logits) {
    std::size_t tokens = 0;
    for (int i = 0; i < 100; ++i) {
        GrammarState state(grammar, plan_settings());
        while (!state.finished()) {
            const auto run = state.forced_run();
            for (const TokenId token : run) state.advance(token);
            tokens += run.size();
            if (state.finished()) break;
            state.advance(first_of(state.allowed(logits)));
            ++tokens;
        }
    }
    return tokens;
}

std::size_t codes_by_grammar(const Grammar& grammar, const std::vector<float>& logits) {
    GrammarState state(grammar, {.phase = Phase::codes, .target_duration_seconds = 600});
    std::size_t tokens = 0;
    for (; !state.finished(); ++tokens) state.advance(first_of(state.allowed(logits)));
    return tokens;
}

/// All of a step but the network: guidance, grammar, filters, draw.
std::size_t drawn(GrammarState state, const std::vector<float>& logits, std::size_t most) {
    Sampler sampler({});
    std::vector<float> combined(logits.size());
    std::size_t tokens = 0;
    for (; !state.finished() && tokens < most; ++tokens) {
        combine_guided(logits, logits, 2, state.candidates(), combined);
        const TokenChoice allowed = state.allowed(combined);
        state.advance(sampler.draw(combined, allowed, {}, uniform({1, 0, tokens})));
    }
    return tokens;
}

GrammarState inside_the_caption(const Grammar& grammar, TokenId first_word) {
    SequenceSettings settings = {.skip_genres = true};
    settings.user_values[index_of(Field::bpm)] = "96";
    GrammarState state(grammar, settings);
    for (const TokenId token : state.forced_run()) state.advance(token);
    state.advance(first_word);
    return state;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        fmt::print(stderr, "usage: grammar_bench path/to/tokenizer.json\n");
        return 2;
    }
    try {
        const auto tokenizer = Tokenizer::from_file(arguments[1]);
        const auto size = static_cast<std::size_t>(tokenizer.vocabulary_size());
        const std::vector<float> logits = random_logits(size);
        const TokenId word = tokenizer.encode_plain("jazz").front();
        const Grammar grammar = Grammar::compile(tokenizer, {});
        report("compile, per token of the vocabulary", [&] {
            (void)Grammar::compile(tokenizer, {});
            return size;
        });
        report("plan, grammar alone", [&] { return plans(grammar, logits); });
        report("plan, jumping forward", [&] { return jumping_plans(grammar, logits); });
        report("codes, grammar alone", [&] { return codes_by_grammar(grammar, logits); });
        report("plan: guidance, grammar, draw",
               [&] { return drawn(GrammarState(grammar, plan_settings()), logits, 1000); });
        report("codes: guidance, grammar, draw", [&] {
            return drawn(
                GrammarState(grammar, {.phase = Phase::codes, .target_duration_seconds = 20}),
                logits, 1000);
        });
        report("caption: guidance, grammar, draw",
               [&] { return drawn(inside_the_caption(grammar, word), logits, 50); });
        return 0;
    } catch (const acestep::Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
