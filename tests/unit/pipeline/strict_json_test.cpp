#include "pipeline/request/strict_json.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "request_support.h"

namespace acestep::pipeline {
namespace {

using testing::HasSubstr;
using tests::error_of;

std::string message_for(std::string_view text, const JsonLimits& limits = {}) {
    const Error error = error_of([&] { parse_object(text, "The request", limits); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_request);
    return error.what();
}

TEST(StrictJson, TellsLineAndColumnOfASyntaxError) {
    EXPECT_THAT(message_for("{\n  \"a\": 1\n  \"b\": 2\n}"),
                HasSubstr("The request is not valid JSON at line 3, column 5."));
    EXPECT_THAT(message_for(""), HasSubstr("line 1, column 1"));
    for (const char* bad : {"{", "{\"a\"", "{} {}", "{'a': 1}", "{\"a\": NaN}", "{\"a\": 1,}",
                            "// comment\n{}", "{\"a\": \"\\ud800\"}", "{\"a\": 01}"})
        EXPECT_THAT(message_for(bad), HasSubstr("not valid JSON at line")) << bad;
}

TEST(StrictJson, RefusesWhatIsNotAnObject) {
    EXPECT_THAT(message_for("[1]"), HasSubstr("The request is array; it must be a JSON object."));
    EXPECT_THAT(message_for("null"), HasSubstr("is null"));
}

TEST(StrictJson, RefusesRepeatedNamesInOneObjectOnly) {
    EXPECT_THAT(message_for(R"({"a": 1, "b": 2, "a": 3})"), HasSubstr("has \"a\" twice"));
    EXPECT_THAT(message_for(R"({"x": {"b": 1, "b": 2}})"), HasSubstr("has \"b\" twice"));
    EXPECT_EQ(parse_object(R"({"a": {"a": 1}, "b": {"a": 2}})", "It").size(), 2u);
}

TEST(StrictJson, RefusesMoreBytesThanTheLimit) {
    EXPECT_EQ(parse_object("{\"a\": 1}", "It", {.bytes = 8}).at("a"), 1);
    EXPECT_THAT(message_for("{\"a\": 12}", {.bytes = 8}), HasSubstr("9 bytes; the limit is 8"));
}

TEST(StrictJson, RefusesDeepNestingWithoutBuildingIt) {
    EXPECT_NO_THROW(parse_object(R"({"a": [[1]]})", "It", {.depth = 3}));
    EXPECT_THAT(message_for(R"({"a": [[[1]]]})", {.depth = 3}), HasSubstr("more than 3 deep"));
    EXPECT_THAT(message_for("{\"a\": " + std::string(500'000, '[')), HasSubstr("more than 8 deep"));
}

TEST(StrictJson, RefusesBytesThatAreNotUtf8) {
    EXPECT_THAT(message_for("{\n\"a\": \"\xC3\x28\"}"),
                HasSubstr("is not UTF-8 at line 2, column 7"));
}

TEST(StrictJson, RefusesNumbersBeyondADouble) {
    EXPECT_THAT(message_for(R"({"a": 1e999})"), HasSubstr("a number that is too large"));
}

}  // namespace
}  // namespace acestep::pipeline
