#include "text/tokenizer_json.h"

#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "text/json_stream.h"
#include "text/tokenizer_error.h"
#include "text/word_split.h"

namespace acestep::text {

namespace {

using nlohmann::json;

// Reads one tokenizer.json. Entries are named in errors as they would be written in JavaScript.
class Reader {
public:
    explicit Reader(const std::string& file) : file_(file) {}

    TokenizerParts read(std::string_view text) {
        if (text.size() > largest_tokenizer_json_bytes)
            throw_corrupt(file_, fmt::format("it has {} bytes; a tokenizer.json has at most {}",
                                             text.size(), largest_tokenizer_json_bytes));
        using Key = const std::string&;
        const json root = parse_json_stream(
            text, file_,
            {{"model.vocab", [this](Key key, std::size_t, json& id) { read_token(key, id); }},
             {"model.merges", [this](Key, std::size_t i, json& merge) { read_merge(i, merge); }},
             {"added_tokens", [this](Key, std::size_t i, json& token) { read_added(i, token); }}});
        if (!root.is_object()) throw_corrupt(file_, "it is not a JSON object");
        read_normalizer(root);
        read_pre_tokenizer(root);
        const json& model = object_at(root, "model", "model");
        read_model_options(model);
        object_at(model, "vocab", "model.vocab");
        array_at(model, "merges", "model.merges");
        if (!optional_at(root, "added_tokens").is_null())
            array_at(root, "added_tokens", "added_tokens");
        if (const json& processor = optional_at(root, "post_processor"); !processor.is_null())
            read_post_processor(processor, "post_processor");
        return std::move(parts_);
    }

private:
    // An entry, or null when it is absent or null.
    static const json& optional_at(const json& object, const char* key) {
        static const json null;
        const auto found = object.find(key);
        return found == object.end() ? null : *found;
    }

    [[noreturn]] void wrong_type(std::string_view entry, std::string_view wanted) const {
        throw_corrupt(file_, fmt::format("{} is missing or is not {}", entry, wanted));
    }

    const json& object_at(const json& object, const char* key, std::string_view entry) const {
        const json& value = optional_at(object, key);
        if (!value.is_object()) wrong_type(entry, "an object");
        return value;
    }

    const json& array_at(const json& object, const char* key, std::string_view entry) const {
        const json& value = optional_at(object, key);
        if (!value.is_array()) wrong_type(entry, "an array");
        return value;
    }

    const std::string& string_at(const json& object, const char* key,
                                 std::string_view entry) const {
        const json& value = object.is_object() ? optional_at(object, key) : object;
        if (!object.is_object() || !value.is_string())
            wrong_type(fmt::format("{}.{}", entry, key), "a string");
        return value.get_ref<const std::string&>();
    }

    bool flag_at(const json& object, const char* key, bool missing, std::string_view entry) const {
        const json& value = optional_at(object, key);
        if (value.is_null()) return missing;
        if (!value.is_boolean()) wrong_type(fmt::format("{}.{}", entry, key), "true or false");
        return value.get<bool>();
    }

    TokenId id_from(const json& value, std::string_view entry) const {
        if (!value.is_number_integer()) wrong_type(entry, "an id");
        // An unsigned number above 2^63 turns negative here and is refused as well.
        const auto id = value.get<std::int64_t>();
        if (id < 0 || id > largest_token_id)
            throw_corrupt(file_, fmt::format("{} is {}; ids are 0…{}", entry, value.dump(),
                                             largest_token_id));
        return static_cast<TokenId>(id);
    }

    void refuse_unless(bool condition, std::string_view problem) const {
        if (!condition) throw_unsupported(file_, problem);
    }

    void read_normalizer(const json& root) {
        const json& normalizer = optional_at(root, "normalizer");
        parts_.normalize_nfc = !normalizer.is_null();
        if (normalizer.is_null()) return;
        const std::string& type = string_at(normalizer, "type", "normalizer");
        refuse_unless(type == "NFC", fmt::format("normalizer {} is not NFC", in_quotes(type)));
    }

    void read_pre_tokenizer(const json& root) const {
        const json& sequence = object_at(root, "pre_tokenizer", "pre_tokenizer");
        const std::string& type = string_at(sequence, "type", "pre_tokenizer");
        refuse_unless(type == "Sequence", fmt::format("pre_tokenizer {} is not a Sequence of Split "
                                                      "and ByteLevel",
                                                      in_quotes(type)));
        const json& steps = array_at(sequence, "pretokenizers", "pre_tokenizer.pretokenizers");
        refuse_unless(steps.size() == 2, "pre_tokenizer is not a Sequence of Split and ByteLevel");

        constexpr std::string_view first = "pre_tokenizer.pretokenizers[0]";
        refuse_unless(string_at(steps[0], "type", first) == "Split" &&
                          string_at(steps[0], "behavior", first) == "Isolated" &&
                          !flag_at(steps[0], "invert", false, first),
                      fmt::format("{} is not a Split into isolated pieces", first));
        const json& pattern = object_at(steps[0], "pattern", fmt::format("{}.pattern", first));
        const std::string& regex = string_at(pattern, "Regex", fmt::format("{}.pattern", first));
        refuse_unless(regex == qwen_split_pattern,
                      fmt::format("the split pattern {} is not Qwen's", in_quotes(regex)));

        constexpr std::string_view second = "pre_tokenizer.pretokenizers[1]";
        refuse_unless(string_at(steps[1], "type", second) == "ByteLevel" &&
                          !flag_at(steps[1], "add_prefix_space", true, second) &&
                          !flag_at(steps[1], "use_regex", true, second),
                      fmt::format("{} is not ByteLevel without prefix space and regex", second));
    }

    void read_model_options(const json& model) const {
        const std::string& type = string_at(model, "type", "model");
        refuse_unless(type == "BPE", fmt::format("model.type {} is not BPE", in_quotes(type)));
        for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix", "unk_token"}) {
            const json& value = optional_at(model, key);
            refuse_unless(value.is_null() || value == "", fmt::format("model.{} is set", key));
        }
        const json& dropout = optional_at(model, "dropout");
        refuse_unless(dropout.is_null() || dropout == 0, "model.dropout is set");
        for (const char* key : {"byte_fallback", "ignore_merges"})
            refuse_unless(!flag_at(model, key, false, "model"),
                          fmt::format("model.{} is set", key));
    }

    void read_token(const std::string& spelling, const json& value) {
        // Naming each entry beforehand would cost more than reading it.
        if (!value.is_number_integer() || value < 0 || value > largest_token_id)
            id_from(value, fmt::format("model.vocab[{}]", in_quotes(spelling)));
        if (spelling.empty()) throw_corrupt(file_, "model.vocab has a blank token");
        const auto index = value.get<std::size_t>();
        if (index >= parts_.tokens.size()) parts_.tokens.resize(index + 1);
        if (!parts_.tokens[index].empty())
            throw_corrupt(file_,
                          fmt::format("model.vocab gives {} and {} the same id {}",
                                      in_quotes(parts_.tokens[index]), in_quotes(spelling), index));
        parts_.tokens[index] = spelling;
    }

    void read_merge(std::size_t rank, json& merge) {
        std::pair<std::string, std::string> pair;
        if (merge.is_string())
            pair = split_merge(merge.get_ref<const std::string&>());
        else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() &&
                 merge[1].is_string())
            pair = {std::move(merge[0].get_ref<std::string&>()),
                    std::move(merge[1].get_ref<std::string&>())};
        if (pair.first.empty() || pair.second.empty())
            wrong_type(fmt::format("model.merges[{}]", rank), "a pair of tokens");
        parts_.merges.push_back(std::move(pair));
    }

    void read_added(std::size_t number, json& token) {
        const std::string entry = fmt::format("added_tokens[{}]", number);
        const std::string& content = string_at(token, "content", entry);
        for (const char* key : {"single_word", "lstrip", "rstrip", "normalized"})
            refuse_unless(!flag_at(token, key, false, entry), fmt::format("{} has {}", entry, key));
        parts_.added.push_back(
            {content, id_from(optional_at(token, "id"), fmt::format("{}.id", entry))});
    }

    // ByteLevel adds nothing; TemplateProcessing may add tokens behind the text.
    void read_post_processor(const json& processor, const std::string& entry) {
        const std::string& type = string_at(processor, "type", entry);
        if (type == "Sequence") {
            std::size_t index = 0;
            for (const json& step :
                 array_at(processor, "processors", fmt::format("{}.processors", entry)))
                read_post_processor(step, fmt::format("{}.processors[{}]", entry, index++));
        } else if (type == "TemplateProcessing") {
            read_template(processor, entry);
        } else {
            refuse_unless(type == "ByteLevel", fmt::format("{} {} is neither ByteLevel nor "
                                                           "TemplateProcessing",
                                                           entry, in_quotes(type)));
        }
    }

    void read_template(const json& processor, const std::string& entry) {
        bool text_seen = false;
        for (const json& piece : array_at(processor, "single", fmt::format("{}.single", entry))) {
            const bool is_text = piece.is_object() && piece.contains("Sequence");
            refuse_unless(
                is_text != text_seen,
                fmt::format("{}.single is not the text once and tokens behind it", entry));
            if (is_text)
                text_seen = true;
            else
                append_special_token(processor, piece, entry);
        }
        refuse_unless(text_seen, fmt::format("{}.single has no text", entry));
    }

    void append_special_token(const json& processor, const json& piece, const std::string& entry) {
        const std::string piece_name = fmt::format("{}.single[…].SpecialToken", entry);
        if (!piece.is_object()) wrong_type(piece_name, "an object");
        const std::string& name =
            string_at(object_at(piece, "SpecialToken", piece_name), "id", piece_name);
        const json& tokens =
            object_at(processor, "special_tokens", fmt::format("{}.special_tokens", entry));
        const std::string token_name = fmt::format("{}.special_tokens[{}]", entry, in_quotes(name));
        const json& token = object_at(tokens, name.c_str(), token_name);
        for (const json& id : array_at(token, "ids", fmt::format("{}.ids", token_name)))
            parts_.suffix.push_back(id_from(id, fmt::format("{}.ids", token_name)));
    }

    const std::string& file_;
    TokenizerParts parts_;
};

}  // namespace

TokenizerParts parse_tokenizer_json(std::string_view json, const std::string& file) {
    return Reader(file).read(json);
}

}  // namespace acestep::text
