#include "models/lyric_heads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"

namespace acestep::models {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* member = "lyric_alignment_layers_config";

std::vector<AttentionHead> heads_of(const json& layers, std::int64_t count = 8) {
    return read_lyric_heads({{member, layers}}, "a file", count, 16, false);
}

TEST(LyricHeads, AreThoseOfTheReleasedModels) {
    const json config = json::object();
    EXPECT_THAT(read_lyric_heads(config, "a file", 24, 16, false),
                ElementsAre(AttentionHead{2, 6}, AttentionHead{3, 10}, AttentionHead{3, 11},
                            AttentionHead{4, 3}, AttentionHead{5, 8}, AttentionHead{5, 9},
                            AttentionHead{6, 8}));
    EXPECT_EQ(read_lyric_heads(config, "a file", 32, 32, true).size(), 11u);
}

TEST(LyricHeads, AreThoseOfTheCheckpointIfItNamesThem) {
    EXPECT_THAT(heads_of({{"5", {3, 1, 3}}, {"2", {0}}}),
                ElementsAre(AttentionHead{2, 0}, AttentionHead{5, 1}, AttentionHead{5, 3}));
    EXPECT_THAT(heads_of(json::object()), IsEmpty());
}

TEST(LyricHeads, ThatANetworkLacksAreLeftOut) {
    EXPECT_THAT(heads_of({{"2", {15, 16}}, {"8", {0}}, {"99999999", {1}}}),
                ElementsAre(AttentionHead{2, 15}));
    EXPECT_THAT(read_lyric_heads(json::object(), "a file", 8, 3, false), IsEmpty());
}

TEST(LyricHeads, MustBeNumbers) {
    const json wrong[] = {json::array({1}),
                          {{"two", {1}}},
                          {{"-1", {1}}},
                          {{"", {1}}},
                          {{"99999999999999999999", {1}}},
                          {{"2", 1}},
                          {{"2", {-1}}},
                          {{"2", {1.5}}},
                          {{"2", {"1"}}},
                          {{"2", {1e300}}}};
    for (const json& layers : wrong) {
        try {
            heads_of(layers);
            ADD_FAILURE() << layers.dump();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::corrupt_file);
            EXPECT_THAT(error.message(), HasSubstr(member));
        }
    }
}

}  // namespace
}  // namespace acestep::models
