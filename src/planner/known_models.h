// The configurations of the released models, so that a plan can be made before anything is
// downloaded. Every shape follows from them, as it does from a checkpoint's config.json.
// Source: spec dit.md 1.2, lm.md 1.1, product.md 7.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace acestep::planner {

/// "2b", "xl", each also with "-base" or "-sft" behind it, or an official folder name such as
/// "acestep-v15-xl-turbo". Null when the name is none of these.
nlohmann::json diffusion_model_config(std::string_view name);
/// "0.6b", "1.7b", "4b" in any case, or an official folder name. Null when it is none.
nlohmann::json language_model_config(std::string_view name);
nlohmann::json text_encoder_config();
nlohmann::json vae_config();

/// Frames of the silence latent that is released with the models: no song is longer.
constexpr int released_silence_frames = 15000;

/// For messages.
std::vector<std::string> known_diffusion_models();
std::vector<std::string> known_language_models();

}  // namespace acestep::planner
