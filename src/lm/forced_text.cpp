#include "lm/forced_text.h"

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::lm {
namespace {

// "The longest prefix that encodes to one token" and not "the longest token": the tokenizer cuts
// `keyscale` before it looks tokens up, and the model has learned its cuts.
TokenId longest_token(const text::Tokenizer& tokenizer, std::string_view rest) {
    for (std::size_t length = rest.size(); length > 0; --length) {
        const auto ids = tokenizer.encode_plain(rest.substr(0, length));
        if (ids.size() == 1) return ids.front();
    }
    throw Error(ErrorCode::unsupported,
                fmt::format("The tokenizer has no token that begins \"{}\".", rest),
                "Use the tokenizer.json of the language model.");
}

}  // namespace

ForcedText::ForcedText(const text::Tokenizer& tokenizer, std::string_view text) {
    for (std::size_t position = 0; position < text.size(); ++position)
        tokens_.push_back(longest_token(tokenizer, text.substr(position)));
}

}  // namespace acestep::lm
