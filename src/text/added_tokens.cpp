#include "text/added_tokens.h"

#include <algorithm>
#include <functional>

namespace acestep::text {

void AddedTokens::add(std::string_view content, TokenId id) {
    ids_.insert_or_assign(content, id);
    std::vector<std::size_t>& lengths = lengths_[static_cast<unsigned char>(content.front())];
    const auto place =
        std::lower_bound(lengths.begin(), lengths.end(), content.size(), std::greater<>());
    if (place == lengths.end() || *place != content.size()) lengths.insert(place, content.size());
}

std::optional<TokenId> AddedTokens::id(std::string_view content) const {
    const auto found = ids_.find(content);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
}

std::optional<AddedTokens::Match> AddedTokens::find(std::string_view text, std::size_t from) const {
    for (std::size_t begin = from; begin < text.size(); ++begin) {
        for (const std::size_t length : lengths_[static_cast<unsigned char>(text[begin])]) {
            if (length > text.size() - begin) continue;
            if (const auto found = id(text.substr(begin, length)))
                return Match{begin, begin + length, *found};
        }
    }
    return std::nullopt;
}

}  // namespace acestep::text
