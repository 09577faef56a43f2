// Networks with random weights whose rows are whole blocks of 256, as those of the released models
// are and those of the golden checkpoints are not: what quantizing costs is measured with them,
// against the f32 path, which the golden data has shown to be right.
#pragma once

#include <filesystem>

namespace acestep::tests {

/// A diffusion model, turbo, of width 256: decoder, condition encoder, detokenizer; in bf16.
void write_wide_diffusion_model(const std::filesystem::path& folder);
/// A Qwen3 of width 256, which is a text encoder or a language model.
void write_wide_text_model(const std::filesystem::path& folder);

}  // namespace acestep::tests
