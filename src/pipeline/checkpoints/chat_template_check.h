// Whether a language model wants to be talked to as this program talks to it.
//
// Prompts are written by Qwen3's chat template (text/chat_template.h), the one the official models
// are trained with. A checkpoint may bring another, which is a small program in the Jinja language:
// it is not run, only told apart by its SHA-256. Source: spec lm.md 1.4.
#pragma once

#include <optional>
#include <string>

#include "checkpoint/checkpoint.h"

namespace acestep::pipeline {

/// A sentence for the user when the checkpoint brings a chat template that is not Qwen3's: a folder
/// in chat_template.jinja or else tokenizer_config.json, a GGUF file among its values.
/// \throws Error{corrupt_file, unavailable} for a file that cannot be read
std::optional<std::string> foreign_chat_template(const checkpoint::Checkpoint& checkpoint);

}  // namespace acestep::pipeline
