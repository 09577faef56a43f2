// Text to token ids and back: the byte-level BPE tokenizer of the Qwen3 checkpoints.
//
//     const auto tokenizer = Tokenizer::from_file(folder / "tokenizer.json");
//     const std::vector<TokenId> ids = tokenizer.encode("# Caption\nwarm jazz<|endoftext|>");
//
// Encoding takes these steps: broken UTF-8 becomes U+FFFD; added tokens are cut out as literal
// text; each piece between them is normalised (NFC), split into words (word_split.h), and each
// word's bytes are merged (byte_pair_encoder.h); `encode` then appends what the file's
// post-processor asks for. Source: spec lm.md 1.3.
//
// A tokenizer does not change after it was made, so any number of threads may use one. Copies are
// cheap and share the tables.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/token_id.h"
#include "text/tokenizer_parts.h"

namespace acestep::text {

class Tokenizer {
public:
    /// `json` is the content of a tokenizer.json; `file_for_messages` is how errors call it.
    /// \throws Error{corrupt_file} for a damaged file, Error{unsupported} for a kind of tokenizer
    /// other than Qwen's; both name the file and the entry.
    static Tokenizer from_json(std::string_view json, const std::string& file_for_messages);
    /// The same, and \throws Error{not_found}, Error{unavailable} when the file cannot be read.
    static Tokenizer from_file(const std::filesystem::path& path);
    /// From the arrays of another format, such as GGUF. \throws Error{corrupt_file}
    static Tokenizer from_parts(const TokenizerParts& parts, const std::string& file_for_messages);

    /// The ids of a text, and behind them those of the post-processor (also for a blank text).
    std::vector<TokenId> encode(std::string_view utf8) const;
    /// The ids of a text alone.
    std::vector<TokenId> encode_plain(std::string_view utf8) const;
    /// What `encode` appends: one `<|endoftext|>` for the text encoder, nothing for the language
    /// model.
    std::span<const TokenId> suffix() const;

    /// The text of ids, always valid UTF-8: bytes that form no character become U+FFFD. Added
    /// tokens appear as their text. Ids without a token are left out.
    std::string decode(std::span<const TokenId> ids) const;

    /// The id of the token that stands for exactly this text, be it an added one ("<|im_end|>") or
    /// one of the vocabulary (" the", not "Ġthe").
    std::optional<TokenId> token_id(std::string_view text) const;
    /// The bytes a token stands for, possibly a part of a UTF-8 sequence; blank when `id` is out of
    /// range or has no token. Valid as long as this tokenizer or a copy of it.
    std::string_view token_bytes(TokenId id) const;
    /// One more than the highest id. A network may have more rows than that.
    TokenId vocabulary_size() const;

private:
    struct Tables;
    class Builder;
    explicit Tokenizer(std::shared_ptr<const Tables> tables);
    std::shared_ptr<const Tables> tables_;
};

}  // namespace acestep::text
