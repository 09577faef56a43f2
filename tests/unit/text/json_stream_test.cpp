#include "text/json_stream.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::text {
namespace {

using nlohmann::json;

TEST(JsonStream, WithoutConsumersTheWholeTreeComesBack) {
    const std::string text = R"({"a":[1,-2,2.5,null,true,{"b":"x"}],"c":{"d":[]}})";
    EXPECT_EQ(parse_json_stream(text, "f", {}), json::parse(text));
    EXPECT_EQ(parse_json_stream(" 7 ", "f", {}), json(7));
}

TEST(JsonStream, ElementsOfAStreamedContainerArriveCompleteAndInOrder) {
    std::vector<std::string> seen;
    const json rest =
        parse_json_stream(R"({"m":{"v":{"x":1,"y":{"v":[2]}},"k":3},"v":{"x":4}})", "f",
                          {{"m.v", [&](const std::string& key, std::size_t number, json& value) {
                                seen.push_back(key + std::to_string(number) + value.dump());
                            }}});
    EXPECT_EQ(seen, (std::vector<std::string>{"x01", R"(y1{"v":[2]})"}));
    EXPECT_EQ(rest, json::parse(R"({"m":{"v":{},"k":3},"v":{"x":4}})"));
}

TEST(JsonStream, ElementsOfAnArrayHaveNumbersAndNoKeys) {
    std::vector<std::size_t> numbers;
    parse_json_stream(R"({"list":[[1],[2,3],"x"]})", "f",
                      {{"list", [&](const std::string& key, std::size_t number, json&) {
                            EXPECT_EQ(key, "");
                            numbers.push_back(number);
                        }}});
    EXPECT_EQ(numbers, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(JsonStream, OnlyTheNamedPlaceIsStreamed) {
    for (const char* text :
         {R"({"s":[{"m":{"v":{"x":1}}}]})", R"({"":{"m":{"v":{"x":1}}}})", R"({"m.v":{"x":1}})",
          R"([{"m":{"v":{"x":1}}}])", R"({"a":[{"m":{"v":{"x":1}}}]})", R"({"m":{"v":1}})"})
        parse_json_stream(text, "f",
                          {{"s", [](const std::string&, std::size_t, json&) {}},
                           {"m.v", [&](const std::string&, std::size_t, json&) {
                                ADD_FAILURE() << "streamed in " << text;
                            }}});
}

TEST(JsonStream, InsideAStreamedContainerNothingIsStreamed) {
    std::string seen;
    parse_json_stream(R"({"m":{"v":{"x":1}}})", "f",
                      {{"m", [&](const std::string& key, std::size_t,
                                 json& value) { seen += key + value.dump(); }},
                       {"m.v", [&](const std::string&, std::size_t, json&) { seen += "inside"; }}});
    EXPECT_EQ(seen, R"(v{"x":1})");
}

ErrorCode code_of(const std::string& text) {
    try {
        parse_json_stream(text, "some.json", {});
    } catch (const Error& error) {
        EXPECT_TRUE(error.message().starts_with("some.json: ")) << error.message();
        EXPECT_EQ(error.message().find('\n'), std::string::npos);
        return error.code();
    }
    return ErrorCode::internal;
}

TEST(JsonStream, WhatIsNotJsonIsACorruptFile) {
    for (const char* text : {"", "{", "[1,]", "{\"a\" 1}", "nul", "[1] 2", "\"\xFF\"", "[1e999]",
                             "\"\\ud800\"", "{\"a\":1,\"a\":2}"})
        EXPECT_EQ(code_of(text), ErrorCode::corrupt_file) << text;
}

TEST(JsonStream, NestingIsBounded) {
    EXPECT_NO_THROW(
        parse_json_stream(std::string(32, '[') + std::string(32, ']'), "some.json", {}));
    EXPECT_EQ(code_of(std::string(33, '[') + std::string(33, ']')), ErrorCode::corrupt_file);
    EXPECT_EQ(code_of(std::string(1'000'000, '[')), ErrorCode::corrupt_file);
}

}  // namespace
}  // namespace acestep::text
