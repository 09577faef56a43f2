#include "tiny_tokenizer.h"

#include <utility>

#include "text/unicode.h"
#include "text/word_split.h"

namespace acestep::text {

using nlohmann::json;

std::string byte_spelling(int byte) {
    // Of the 68 bytes that have no printable character, 0…32 come first, then 127…160, then 173.
    const int code_point = byte <= 32                   ? 0x100 + byte
                           : byte >= 127 && byte <= 160 ? 0x100 + 33 + byte - 127
                           : byte == 173                ? 0x100 + 67
                                                        : byte;
    std::string spelling;
    append_utf8(spelling, static_cast<char32_t>(code_point));
    return spelling;
}

json tiny_tokenizer_json() {
    json vocabulary = json::object();
    for (int byte = 0; byte < 256; ++byte) vocabulary[byte_spelling(byte)] = byte;
    json merges = json::array();
    for (const auto& [left, right] :
         {std::pair{"a", "b"}, {"ab", "ab"}, {"\u0120", "a"}, {"b", "c"}}) {
        vocabulary[std::string(left) + right] = vocabulary.size();
        merges.push_back({left, right});
    }
    json added = json::array();
    for (const char* content : {"<|endoftext|>", "<think>", "<|code_1|>", "<|code_1|>2"})
        added.push_back({{"id", vocabulary.size() + added.size()},
                         {"content", content},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", false},
                         {"special", true}});
    const json split = {{"type", "Split"},
                        {"pattern", {{"Regex", qwen_split_pattern}}},
                        {"behavior", "Isolated"},
                        {"invert", false}};
    const json byte_level = {
        {"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
    const json text_then_end = json::array(
        {json{{"Sequence", {{"id", "A"}}}}, json{{"SpecialToken", {{"id", "<|endoftext|>"}}}}});
    const json end_template = {
        {"type", "TemplateProcessing"},
        {"single", text_then_end},
        {"special_tokens", {{"<|endoftext|>", {{"ids", json::array({tiny_end_of_text})}}}}}};
    return {{"version", "1.0"},
            {"added_tokens", added},
            {"normalizer", {{"type", "NFC"}}},
            {"pre_tokenizer",
             {{"type", "Sequence"}, {"pretokenizers", json::array({split, byte_level})}}},
            {"post_processor",
             {{"type", "Sequence"}, {"processors", json::array({byte_level, end_template})}}},
            {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", merges}}}};
}

}  // namespace acestep::text
