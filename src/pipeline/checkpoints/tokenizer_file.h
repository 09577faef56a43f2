// The tokenizer that belongs to a checkpoint: a tokenizer.json beside it, or the arrays of a GGUF
// file. Source: spec lm.md 1.2, 1.3; dit.md 8.1, 9.3.
#pragma once

#include <cstdint>
#include <string>

#include "checkpoint/checkpoint.h"
#include "text/tokenizer.h"

namespace acestep::pipeline {

/// The text encoder's. \throws Error{not_found, unavailable, corrupt_file, unsupported}
text::Tokenizer text_encoder_tokenizer(const checkpoint::Checkpoint& checkpoint);

/// The language model's. `vocabulary` is the number of rows of its table, which in a GGUF file
/// tells how many audio codes there are. \throws Error likewise
text::Tokenizer language_model_tokenizer(const checkpoint::Checkpoint& checkpoint,
                                         std::int64_t vocabulary);

/// The text of the token that ends a turn: `eos_token` of the tokenizer_config.json beside the
/// checkpoint, "<|im_end|>" where there is none. \throws Error{corrupt_file, unavailable}
std::string end_of_turn(const checkpoint::Checkpoint& checkpoint);

}  // namespace acestep::pipeline
