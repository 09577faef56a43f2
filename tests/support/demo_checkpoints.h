// The demo model as other checkpoints and other machines have it.
#pragma once

#include <filesystem>
#include <string>

namespace acestep::tests {

/// A copy of the demo checkpoints, without the language model, in `folder`, which has to exist. A
/// member of the diffusion model's config.json is set to `value`, which is JSON.
void copy_demo(const std::filesystem::path& folder, const std::string& member,
               const std::string& value);

/// Heads of all kinds for timing lyrics. The demo model was not trained to follow words, so its
/// times mean nothing; but they are made like anybody's.
inline constexpr const char* demo_lyric_heads = R"({"1": [0, 2], "4": [1], "6": [0, 1, 2]})";

/// A file in `folder` that tells of a device, for EngineOptions::machine.device_profile.
std::string write_device_profile(const std::filesystem::path& folder, const std::string& json);

}  // namespace acestep::tests
