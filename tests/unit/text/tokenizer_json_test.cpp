// Each test changes one entry of a good file; the message must name the file and the entry.
#include "text/tokenizer_json.h"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "text/tokenizer.h"
#include "tiny_tokenizer.h"

namespace acestep::text {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

using Change = std::function<void(json&)>;

void expect_refused(ErrorCode code, const std::string& part_of_message, const Change& change) {
    json file = tiny_tokenizer_json();
    change(file);
    try {
        (void)Tokenizer::from_json(file.dump(), "folder/tokenizer.json");
        ADD_FAILURE() << "accepted, although: " << part_of_message;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code) << error.what();
        EXPECT_TRUE(error.message().starts_with("folder/tokenizer.json: ")) << error.message();
        EXPECT_THAT(error.message(), HasSubstr(part_of_message));
        EXPECT_EQ(error.message().find('\n'), std::string::npos);
        EXPECT_FALSE(error.hint().empty());
    }
}

void expect_corrupt(const std::string& part_of_message, const Change& change) {
    expect_refused(ErrorCode::corrupt_file, part_of_message, change);
}

void expect_unsupported(const std::string& part_of_message, const Change& change) {
    expect_refused(ErrorCode::unsupported, part_of_message, change);
}

json& split_step(json& file) {
    return file["pre_tokenizer"]["pretokenizers"][0];
}
json& byte_level_step(json& file) {
    return file["pre_tokenizer"]["pretokenizers"][1];
}
json& template_step(json& file) {
    return file["post_processor"]["processors"][1];
}

TEST(TokenizerJson, TheUnchangedFileIsAccepted) {
    const auto tokenizer = Tokenizer::from_json(tiny_tokenizer_json().dump(), "tokenizer.json");
    EXPECT_EQ(tokenizer.vocabulary_size(), 264);
}

TEST(TokenizerJson, MergesMayBePairsOrTextsWithASpace) {
    json file = tiny_tokenizer_json();
    for (json& merge : file["model"]["merges"])
        merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
    const TokenizerParts texts = parse_tokenizer_json(file.dump(), "f");
    EXPECT_EQ(texts.merges, parse_tokenizer_json(tiny_tokenizer_json().dump(), "f").merges);
}

TEST(TokenizerJson, PartsThatAddNothingMayBeAbsent) {
    json file = tiny_tokenizer_json();
    file.erase("added_tokens");
    file["post_processor"] = nullptr;
    file["normalizer"] = nullptr;
    file["truncation"] = {{"max_length", 3}};
    const TokenizerParts parts = parse_tokenizer_json(file.dump(), "f");
    EXPECT_TRUE(parts.added.empty());
    EXPECT_TRUE(parts.suffix.empty());
    EXPECT_FALSE(parts.normalize_nfc);
}

TEST(TokenizerJson, ATemplateMayStandAlone) {
    json file = tiny_tokenizer_json();
    const json alone = template_step(file);
    file["post_processor"] = alone;
    EXPECT_EQ(parse_tokenizer_json(file.dump(), "f").suffix,
              std::vector<TokenId>{tiny_end_of_text});
}

TEST(TokenizerJson, MissingPartsAreCorrupt) {
    expect_corrupt("not a JSON object", [](json& f) { f = json::array(); });
    expect_corrupt("model", [](json& f) { f.erase("model"); });
    expect_corrupt("model.vocab", [](json& f) { f["model"].erase("vocab"); });
    expect_corrupt("model.merges", [](json& f) { f["model"].erase("merges"); });
    expect_corrupt("pre_tokenizer", [](json& f) { f.erase("pre_tokenizer"); });
}

TEST(TokenizerJson, WrongTypesAreCorrupt) {
    expect_corrupt("model.vocab", [](json& f) { f["model"]["vocab"] = {1, 2}; });
    expect_corrupt("model.vocab[\"a\"]", [](json& f) { f["model"]["vocab"]["a"] = "97"; });
    expect_corrupt("model.vocab[\"a\"]", [](json& f) { f["model"]["vocab"]["a"] = 97.5; });
    expect_corrupt("model.merges[1]", [](json& f) { f["model"]["merges"][1] = {"ab"}; });
    expect_corrupt("model.merges[1]", [](json& f) { f["model"]["merges"][1] = "ab  ab"; });
    expect_corrupt("model.merges[1]", [](json& f) { f["model"]["merges"][1] = {"ab", 3}; });
    expect_corrupt("added_tokens[2].content", [](json& f) { f["added_tokens"][2] = 5; });
    expect_corrupt("added_tokens[2].id", [](json& f) { f["added_tokens"][2]["id"] = "5"; });
    expect_corrupt("added_tokens[2].lstrip", [](json& f) { f["added_tokens"][2]["lstrip"] = 0; });
    expect_corrupt("normalizer.type", [](json& f) { f["normalizer"] = "NFC"; });
}

TEST(TokenizerJson, IdsOutsideTheRangeAreCorrupt) {
    expect_corrupt("model.vocab[\"a\"] is -1", [](json& f) { f["model"]["vocab"]["a"] = -1; });
    expect_corrupt("is 4294967296",
                   [](json& f) { f["model"]["vocab"]["a"] = std::int64_t{1} << 32; });
    expect_corrupt("is 18446744073709551615",
                   [](json& f) { f["added_tokens"][0]["id"] = ~std::uint64_t{0}; });
    expect_corrupt("1048576", [](json& f) { f["added_tokens"][0]["id"] = 1 << 20; });
}

TEST(TokenizerJson, IdsAndTokensMustBeUnique) {
    expect_corrupt("the same id 98", [](json& f) { f["model"]["vocab"]["a"] = 98; });
    expect_corrupt("which is also \"a\"", [](json& f) { f["added_tokens"][1]["id"] = 97; });
    expect_corrupt("second id", [](json& f) { f["added_tokens"][1]["content"] = "<|code_1|>"; });
    expect_corrupt("second id", [](json& f) { f["added_tokens"][1]["content"] = "ab"; });
}

TEST(TokenizerJson, TokensMustHaveALength) {
    expect_corrupt("blank", [](json& f) { f["model"]["vocab"][""] = 300; });
    expect_corrupt("has 0 bytes", [](json& f) { f["added_tokens"][1]["content"] = ""; });
    expect_corrupt("has 257 bytes",
                   [](json& f) { f["added_tokens"][1]["content"] = std::string(257, 'x'); });
}

TEST(TokenizerJson, MergesMustStayInsideTheVocabulary) {
    expect_corrupt("merge 2 uses \"zz\"", [](json& f) { f["model"]["merges"][2] = {"zz", "a"}; });
    expect_corrupt("merge 2 uses \"ba\"", [](json& f) { f["model"]["merges"][2] = {"b", "a"}; });
}

TEST(TokenizerJson, EveryByteNeedsAToken) {
    expect_corrupt("byte 9", [](json& f) { f["model"]["vocab"].erase(byte_spelling(9)); });
}

TEST(TokenizerJson, WhatThePostProcessorAppendsMustExist) {
    expect_corrupt("appends 264", [](json& f) {
        template_step(f)["special_tokens"]["<|endoftext|>"]["ids"] = {264};
    });
    expect_corrupt("special_tokens[\"<|endoftext|>\"]",
                   [](json& f) { template_step(f)["special_tokens"] = json::object(); });
}

TEST(TokenizerJson, OtherKindsOfTokenizersAreUnsupported) {
    expect_unsupported("Unigram", [](json& f) { f["model"]["type"] = "Unigram"; });
    expect_unsupported("dropout", [](json& f) { f["model"]["dropout"] = 0.1; });
    expect_unsupported("byte_fallback", [](json& f) { f["model"]["byte_fallback"] = true; });
    expect_unsupported("ignore_merges", [](json& f) { f["model"]["ignore_merges"] = true; });
    expect_unsupported("unk_token", [](json& f) { f["model"]["unk_token"] = "<unk>"; });
    expect_unsupported("NFKC", [](json& f) { f["normalizer"]["type"] = "NFKC"; });
    expect_unsupported("lstrip", [](json& f) { f["added_tokens"][0]["lstrip"] = true; });
    expect_unsupported("normalized", [](json& f) { f["added_tokens"][0]["normalized"] = true; });
}

TEST(TokenizerJson, OtherWaysToSplitAreUnsupported) {
    expect_unsupported("is not Qwen's",
                       [](json& f) { split_step(f)["pattern"]["Regex"] = R"(\w+|\s+)"; });
    expect_unsupported("Split", [](json& f) { split_step(f)["behavior"] = "Removed"; });
    expect_unsupported("Split", [](json& f) { split_step(f)["invert"] = true; });
    expect_unsupported("ByteLevel", [](json& f) { byte_level_step(f)["use_regex"] = true; });
    expect_unsupported("ByteLevel", [](json& f) { byte_level_step(f).erase("add_prefix_space"); });
    expect_unsupported("Sequence",
                       [](json& f) { f["pre_tokenizer"]["pretokenizers"].push_back(1); });
    expect_unsupported("Whitespace", [](json& f) { f["pre_tokenizer"]["type"] = "Whitespace"; });
}

TEST(TokenizerJson, OtherPostProcessorsAreUnsupported) {
    expect_unsupported("RobertaProcessing", [](json& f) {
        f["post_processor"] = {{"type", "RobertaProcessing"}};
    });
    expect_unsupported("single", [](json& f) {
        json& pieces = template_step(f)["single"];
        std::swap(pieces[0], pieces[1]);
    });
    expect_unsupported("single", [](json& f) { template_step(f)["single"] = json::array(); });
}

TEST(TokenizerJson, LongAndBinaryNamesAreShortenedAndEscapedInMessages) {
    expect_corrupt("\\u0007",
                   [](json& f) { f["model"]["vocab"]["\a\n" + std::string(999, 'x')] = -1; });
    try {
        json file = tiny_tokenizer_json();
        file["model"]["vocab"][std::string(999, 'x')] = -1;
        (void)parse_tokenizer_json(file.dump(), "f");
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_LT(error.message().size(), 200U);
    }
}

TEST(TokenizerJson, FilesBeyondTheLimitAreNotParsed) {
    try {
        (void)parse_tokenizer_json(std::string(largest_tokenizer_json_bytes + 1, ' '), "f");
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::corrupt_file);
        EXPECT_THAT(error.message(), HasSubstr("67108865 bytes"));
    }
}

}  // namespace
}  // namespace acestep::text
