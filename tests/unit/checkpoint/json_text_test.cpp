#include "checkpoint/json_text.h"

#include "support/checkpoint_writer.h"
#include "support/temporary_directory.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::parse_config;
using checkpoint::read_config;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string corrupt(const std::string& text) {
    return refusal(ErrorCode::corrupt_file, [&] { parse_config(text, "x/config.json"); });
}

TEST(ConfigJson, IsReadFromItsFile) {
    const TemporaryDirectory folder;
    const auto path = folder.path() / "config.json";
    write_file(path, "{\"hidden_size\": 96, \"layer_types\": [\"full_attention\"]}");
    EXPECT_EQ(read_config(path)["hidden_size"], 96);
    EXPECT_EQ(read_config(path)["layer_types"][0], "full_attention");
}

TEST(ConfigJson, LastOfTwoEqualNamesWins) {
    EXPECT_EQ(parse_config("{\"a\":1,\"a\":2}", "config.json")["a"], 2);
}

TEST(ConfigJson, HasToBeAnObject) {
    EXPECT_THAT(corrupt("[1]"), AllOf(HasSubstr("x/config.json"), HasSubstr("not a JSON object")));
    EXPECT_THAT(corrupt("null"), HasSubstr("not a JSON object"));
    EXPECT_THAT(corrupt(""), HasSubstr("not JSON"));
    EXPECT_THAT(corrupt("{\"a\":1"), HasSubstr("not JSON from byte 7 on"));
    EXPECT_THAT(corrupt("{\"a\":1e999}"), HasSubstr("number that is too large"));
}

TEST(ConfigJson, IsBoundedInSizeAndDepth) {
    EXPECT_THAT(corrupt("{\"a\":\"" + std::string(1 << 20, 'x') + "\"}"), HasSubstr("1048576"));
    EXPECT_THAT(corrupt("{\"a\":" + std::string(500'000, '[')), HasSubstr("nested deeper"));
    std::string nested = "{\"a\":";
    for (int i = 0; i < 500; ++i) nested += "{\"a\":";
    EXPECT_THAT(corrupt(nested), HasSubstr("nested deeper"));
}

}  // namespace
}  // namespace acestep::tests
