#include "text/tokenizer.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/mapped_file.h"
#include "text/added_tokens.h"
#include "text/byte_level.h"
#include "text/byte_pair_encoder.h"
#include "text/tokenizer_error.h"
#include "text/tokenizer_json.h"
#include "text/unicode.h"
#include "text/word_split.h"

namespace acestep::text {

struct Tokenizer::Tables {
    std::vector<std::string> bytes;  ///< by id; the views below point into it
    std::unordered_map<std::string_view, TokenId> vocabulary;  ///< by bytes, without added tokens
    AddedTokens added;
    BytePairEncoder merger{{}};
    std::vector<TokenId> suffix;
    bool normalize_nfc = true;

    void encode_piece(std::string_view piece, std::vector<TokenId>& ids) const;
};

// NFC, words, merges: for text without added tokens.
void Tokenizer::Tables::encode_piece(std::string_view piece, std::vector<TokenId>& ids) const {
    const std::string text = normalize_nfc ? to_nfc(piece) : std::string(piece);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = word_end(text, begin);
        merger.encode(std::string_view(text).substr(begin, end - begin), ids);
        begin = end;
    }
}

// Checks the parts against each other and fills the tables, in the order of the functions.
class Tokenizer::Builder {
public:
    Builder(const TokenizerParts& parts, std::string_view file)
        : parts_(parts), file_(file), tables_(std::make_shared<Tables>()) {}

    std::shared_ptr<const Tables> build() {
        tables_->normalize_nfc = parts_.normalize_nfc;
        size_the_vocabulary();
        fill_vocabulary();
        fill_merges();
        fill_added();
        fill_suffix();
        return std::move(tables_);
    }

private:
    void size_the_vocabulary() {
        std::size_t size = parts_.tokens.size();
        for (const AddedToken& token : parts_.added) {
            if (token.id < 0 || token.id > largest_token_id)
                throw_corrupt(file_,
                              fmt::format("added token {} has id {}; ids are 0…{}",
                                          in_quotes(token.content), token.id, largest_token_id));
            size = std::max(size, static_cast<std::size_t>(token.id) + 1);
        }
        if (size > static_cast<std::size_t>(largest_token_id) + 1)
            throw_corrupt(file_, fmt::format("there are {} tokens; at most {} are possible", size,
                                             largest_token_id + 1));
        // Sized once: views point at the strings, and short strings move with their vector.
        tables_->bytes.resize(size);
    }

    void fill_vocabulary() {
        tables_->vocabulary.reserve(parts_.tokens.size());
        for (std::size_t i = 0; i < parts_.tokens.size(); ++i) {
            const std::string& spelling = parts_.tokens[i];
            if (spelling.empty()) continue;
            const auto id = static_cast<TokenId>(i);
            tables_->bytes[i] = bytes_of(spelling);
            const auto [other, is_new] = tables_->vocabulary.emplace(tables_->bytes[i], id);
            if (!is_new)
                throw_corrupt(file_, fmt::format("tokens {} and {} are both {}", other->second, id,
                                                 in_quotes(spelling)));
        }
    }

    // An added token may be in the vocabulary as well, with the same id.
    void fill_added() {
        for (const AddedToken& token : parts_.added) {
            const std::string& content = token.content;
            if (content.empty() || content.size() > longest_added_token_bytes)
                throw_corrupt(
                    file_, fmt::format("added token {} has {} bytes; 1…{} are possible", token.id,
                                       content.size(), longest_added_token_bytes));
            std::string& bytes = tables_->bytes[static_cast<std::size_t>(token.id)];
            if (!bytes.empty() && bytes != bytes_of(content))
                throw_corrupt(file_, fmt::format("added token {} has id {}, which is also {}",
                                                 in_quotes(content), token.id, in_quotes(bytes)));
            const auto known = tables_->vocabulary.find(bytes_of(content));
            if (tables_->added.id(content) ||
                (known != tables_->vocabulary.end() && known->second != token.id))
                throw_corrupt(file_, fmt::format("added token {} ({}) has a second id", token.id,
                                                 in_quotes(content)));
            if (known != tables_->vocabulary.end()) tables_->vocabulary.erase(known);
            bytes = content;
            tables_->added.add(bytes, token.id);
        }
    }

    void fill_merges() {
        std::array<TokenId, 256> byte_tokens{};
        for (unsigned byte = 0; byte < byte_tokens.size(); ++byte) {
            const char text[] = {static_cast<char>(byte)};
            const auto found = tables_->vocabulary.find(std::string_view(text, 1));
            if (found == tables_->vocabulary.end())
                throw_corrupt(file_, fmt::format("the vocabulary has no token for byte {}", byte));
            byte_tokens[byte] = found->second;
        }
        tables_->merger = BytePairEncoder(byte_tokens);
        tables_->merger.reserve(parts_.merges.size());
        for (std::size_t rank = 0; rank < parts_.merges.size(); ++rank) {
            const std::string left = bytes_of(parts_.merges[rank].first);
            const std::string right = bytes_of(parts_.merges[rank].second);
            const TokenId left_id = known_id(left, rank), right_id = known_id(right, rank);
            tables_->merger.add_merge(left_id, right_id, static_cast<std::uint32_t>(rank),
                                      known_id(left + right, rank));
        }
    }

    TokenId known_id(const std::string& bytes, std::size_t rank) const {
        const auto found = tables_->vocabulary.find(bytes);
        if (found == tables_->vocabulary.end())
            throw_corrupt(file_, fmt::format("merge {} uses {}, which is not in the vocabulary",
                                             rank, in_quotes(bytes)));
        return found->second;
    }

    // What has a character outside the byte alphabet stands for itself.
    static std::string bytes_of(const std::string& spelling) {
        return bytes_from_spelling(spelling).value_or(spelling);
    }

    void fill_suffix() {
        for (const TokenId id : parts_.suffix) {
            if (id < 0 || static_cast<std::size_t>(id) >= tables_->bytes.size() ||
                tables_->bytes[static_cast<std::size_t>(id)].empty())
                throw_corrupt(file_,
                              fmt::format("the post-processor appends {}, which is no token", id));
        }
        tables_->suffix = parts_.suffix;
    }

    const TokenizerParts& parts_;
    std::string_view file_;
    std::shared_ptr<Tables> tables_;
};

Tokenizer::Tokenizer(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}

Tokenizer Tokenizer::from_parts(const TokenizerParts& parts, const std::string& file_for_messages) {
    return Tokenizer(Builder(parts, file_for_messages).build());
}

Tokenizer Tokenizer::from_json(std::string_view json, const std::string& file_for_messages) {
    return from_parts(parse_tokenizer_json(json, file_for_messages), file_for_messages);
}

Tokenizer Tokenizer::from_file(const std::filesystem::path& path) {
    const MappedFile file(path);
    return from_json(file.text(), path.string());
}

std::vector<TokenId> Tokenizer::encode(std::string_view utf8) const {
    std::vector<TokenId> ids = encode_plain(utf8);
    ids.insert(ids.end(), tables_->suffix.begin(), tables_->suffix.end());
    return ids;
}

std::vector<TokenId> Tokenizer::encode_plain(std::string_view utf8) const {
    const std::string valid = replace_broken_utf8(utf8);
    const std::string_view text = valid;
    std::vector<TokenId> ids;
    std::size_t begin = 0;
    while (const auto match = tables_->added.find(text, begin)) {
        tables_->encode_piece(text.substr(begin, match->begin - begin), ids);
        ids.push_back(match->id);
        begin = match->end;
    }
    tables_->encode_piece(text.substr(begin), ids);
    return ids;
}

std::span<const TokenId> Tokenizer::suffix() const {
    return tables_->suffix;
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
    std::string bytes;
    for (const TokenId id : ids) bytes += token_bytes(id);
    return replace_broken_utf8(bytes);
}

std::optional<TokenId> Tokenizer::token_id(std::string_view text) const {
    if (const auto added = tables_->added.id(text)) return added;
    const auto found = tables_->vocabulary.find(text);
    if (found == tables_->vocabulary.end()) return std::nullopt;
    return found->second;
}

std::string_view Tokenizer::token_bytes(TokenId id) const {
    if (id < 0 || id >= vocabulary_size()) return {};
    return tables_->bytes[static_cast<std::size_t>(id)];
}

TokenId Tokenizer::vocabulary_size() const {
    return static_cast<TokenId>(tables_->bytes.size());
}

}  // namespace acestep::text
