#include "lm/value_trie.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "lm_tokenizer.h"

namespace acestep::lm {
namespace {

using ::testing::ElementsAre;

ValueTrie::Node node_behind(const ValueTrie& trie, const std::vector<TokenId>& tokens) {
    ValueTrie::Node node = ValueTrie::root;
    for (const TokenId id : tokens) node = trie.child(node, id);
    return node;
}

ValueTrie trie_of(Field field, const std::vector<std::string>& values, bool stops) {
    return ValueTrie(tiny_lm_tokenizer(), field, values, '\n', stops);
}

TEST(LmValueTrie, DigitsFollowTheSpaceAndANumberMayGoOn) {
    const ValueTrie trie = trie_of(Field::bpm, {"30", "31", "300"}, false);
    EXPECT_THAT(trie.allowed(ValueTrie::root).ranges(), ElementsAre(TokenRange{' ', ' ' + 1}));
    EXPECT_THAT(trie.allowed(node_behind(trie, {' ', '3'})).ranges(),
                ElementsAre(TokenRange{'0', '2'}));
    // "30" is complete and the begin of "300".
    EXPECT_THAT(trie.allowed(node_behind(trie, {' ', '3', '0'})).ranges(),
                ElementsAre(TokenRange{'\n', '\n' + 1}, TokenRange{'0', '1'}));
    EXPECT_THAT(trie.allowed(node_behind(trie, {' ', '3', '0', '0'})).ranges(),
                ElementsAre(TokenRange{'\n', '\n' + 1}));
    EXPECT_EQ(trie.size(), 6u);  // "", " ", " 3", " 30", " 31", " 300"
}

TEST(LmValueTrie, ACompleteNameIsFollowedByTheLineEndOnly) {
    const ValueTrie trie = trie_of(Field::language, {"x", "xy"}, true);
    EXPECT_THAT(trie.allowed(node_behind(trie, {' ', 'x'})).ranges(),
                ElementsAre(TokenRange{'\n', '\n' + 1}));
}

TEST(LmValueTrie, ValuesAreTokenizedWithTheirLine) {
    const auto tokenizer = tiny_lm_tokenizer();
    const ValueTrie trie = trie_of(Field::keyscale, {"C major"}, true);
    const auto node = node_behind(trie, {token(tokenizer, " C"), token(tokenizer, " major")});
    EXPECT_TRUE(trie.allowed(node).contains('\n'));
}

TEST(LmValueTrie, WithoutAWritableValueThereIsNoGrammar) {
    EXPECT_THROW(trie_of(Field::language, {}, true), Error);
}

TEST(LmValueTrie, ATokenThatContinuesNoValueIsAnError) {
    EXPECT_THROW(trie_of(Field::bpm, {"30"}, false).child(ValueTrie::root, '3'), Error);
}

}  // namespace
}  // namespace acestep::lm
