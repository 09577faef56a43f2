#include "text/tokenizer_parts.h"

#include <array>

#include <fmt/format.h>

namespace acestep::text {

namespace {

constexpr std::array<std::string_view, 26> qwen3_added = {
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
    "<tool_call>",
    "</tool_call>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
    "<tool_response>",
    "</tool_response>",
    "<think>",
    "</think>",
};

}  // namespace

std::pair<std::string, std::string> split_merge(std::string_view merge) {
    const std::size_t space = merge.find(' ');
    if (space == std::string_view::npos || space == 0 || space + 1 == merge.size() ||
        merge.find(' ', space + 1) != std::string_view::npos)
        return {};
    return {std::string(merge.substr(0, space)), std::string(merge.substr(space + 1))};
}

std::vector<AddedToken> qwen3_added_tokens(TokenId first_id, std::int32_t audio_codes) {
    std::vector<AddedToken> result;
    for (const std::string_view content : qwen3_added)
        result.push_back({std::string(content), first_id++});
    for (std::int32_t code = 0; code < audio_codes; ++code)
        result.push_back({fmt::format("<|audio_code_{}|>", code), first_id++});
    return result;
}

}  // namespace acestep::text
