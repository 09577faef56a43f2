#include "pipeline/checkpoints/chat_template_check.h"

#include <filesystem>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "base/mapped_file.h"
#include "base/sha256.h"
#include "checkpoint/json_text.h"

namespace acestep::pipeline {
namespace {

// Of the template's UTF-8 text, as published with Qwen3.
constexpr std::string_view qwen3_sum =
    "87a2728cb8dc9fe424d624542f6060ec05a1d285ebbec578bb078900e33396b5";

std::string sum_of(std::string_view text) {
    Sha256 hash;
    hash.add(std::as_bytes(std::span(text)));
    std::string digits;
    for (const char byte : hash.finish())
        digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return digits;
}

std::optional<std::string> chat_template(const checkpoint::Checkpoint& checkpoint) {
    const auto& values = checkpoint.metadata();
    if (const auto stored = values.find("tokenizer.chat_template"); stored != values.end())
        return stored->second;
    const std::filesystem::path jinja = checkpoint.path() / "chat_template.jinja";
    if (std::filesystem::is_regular_file(jinja)) return std::string(MappedFile(jinja).text());
    const std::filesystem::path file = checkpoint.path() / "tokenizer_config.json";
    if (!std::filesystem::is_regular_file(file)) return std::nullopt;
    const nlohmann::json config = checkpoint::read_config(file);
    const auto entry = config.find("chat_template");
    if (entry == config.end() || !entry->is_string()) return std::nullopt;
    return entry->get<std::string>();
}

}  // namespace

std::optional<std::string> foreign_chat_template(const checkpoint::Checkpoint& checkpoint) {
    const auto text = chat_template(checkpoint);
    if (!text || sum_of(*text) == qwen3_sum) return std::nullopt;
    return fmt::format(
        "The language model {} has a chat template other than Qwen3's; it is talked to as Qwen3 "
        "all "
        "the same, so its plans may be poor.",
        checkpoint.path().filename().string());
}

}  // namespace acestep::pipeline
