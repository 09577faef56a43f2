#include "lm/value_trie.h"

#include <algorithm>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::lm {

ValueTrie::ValueTrie(const text::Tokenizer& tokenizer, Field field,
                     std::span<const std::string> values, TokenId newline,
                     bool stops_when_complete) {
    nodes_.emplace_back();
    const std::vector<TokenId> prefix = tokenizer.encode_plain(fmt::format("{}:", name(field)));
    for (const std::string& value : values) {
        const auto ids = tokenizer.encode_plain(fmt::format("{}: {}", name(field), value));
        if (ids.size() > prefix.size() && std::equal(prefix.begin(), prefix.end(), ids.begin()))
            add(std::span(ids).subspan(prefix.size()));
    }
    if (nodes_.size() == 1)
        throw Error(ErrorCode::unsupported,
                    fmt::format("No value of {} can be written with this tokenizer.", name(field)),
                    "Use the tokenizer.json of the language model.");
    for (Entry& entry : nodes_) {
        std::vector<TokenId> tokens;
        if (entry.complete) tokens.push_back(newline);
        if (!entry.complete || !stops_when_complete)
            for (const Child& child : entry.children) tokens.push_back(child.token);
        entry.allowed = TokenSet(std::move(tokens));
    }
}

void ValueTrie::add(std::span<const TokenId> value) {
    Node node = root;
    for (const TokenId token : value) {
        const auto& children = nodes_[node].children;
        const auto known = std::find_if(children.begin(), children.end(),
                                        [&](const Child& child) { return child.token == token; });
        if (known != children.end()) {
            node = known->node;
            continue;
        }
        const auto added = static_cast<Node>(nodes_.size());
        nodes_[node].children.push_back({token, added});
        nodes_.emplace_back();
        node = added;
    }
    nodes_[node].complete = true;
}

ValueTrie::Node ValueTrie::child(Node node, TokenId token) const {
    for (const Child& child : nodes_[node].children)
        if (child.token == token) return child.node;
    throw Error(ErrorCode::internal, fmt::format("Token {} continues no value.", token));
}

}  // namespace acestep::lm
