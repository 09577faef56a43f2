// How many of its audio codes a language model keeps when its weights are rounded.
//
// The exact model writes some songs. Then both models read them and say at every code how likely
// each code is there. What the two probabilities have in common, Σ min(p, q), is how often both can
// come to the same code, drawn as well as they may be: the share of codes that rounding leaves
// alone.
//
// Greedy choices would not do: codes are about equally likely in places where any of several sounds
// right, and there the first place changes hands without anybody hearing it.
#pragma once

#include <span>
#include <vector>

#include "base/array.h"
#include "lm/grammar.h"
#include "lm/writer.h"
#include "models/language_model.h"
#include "runtime/device.h"
#include "text/tokenizer.h"

namespace acestep::lm {

/// A song that the exact model wrote.
struct CodeSample {
    std::vector<TokenId> prompt;
    std::vector<TokenId> codes;
};

/// How many prompts the samples are written for.
constexpr int code_sample_requests = 2;

/// Four each of two requests that have little in common, for 10 seconds; always the same. Songs
/// without a code are left out.
std::vector<CodeSample> write_code_samples(Writer& writer, const text::Tokenizer& tokenizer,
                                           const Grammar& grammar);

/// What the model says at every code of a sample: logits `[codes, vocabulary of codes]`. Its
/// weights have to be loaded on the device. \throws Error{cancelled, out_of_memory}
Array code_logits(runtime::Device& device, const models::LanguageModel& model,
                  const Grammar& grammar, const CodeSample& sample);

/// Σ min(p, q) of the probabilities of two rows of logits of one length, at the temperature that
/// songs are written with: 1 where both are the same, 0 where they have nothing in common or one is
/// no distribution.
double shared_probability(std::span<const float> exact, std::span<const float> rounded);

}  // namespace acestep::lm
