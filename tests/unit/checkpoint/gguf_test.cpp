#include "checkpoint/gguf.h"

#include "checkpoint/checkpoint.h"
#include "support/checkpoint_writer.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::DataType;
using checkpoint::GgufArray;
using checkpoint::read_gguf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string file = "folder/vae-BF16.gguf";

auto read(const std::string& bytes) {
    return read_gguf(as_bytes(bytes), file);
}

std::string refused(ErrorCode code, const std::string& bytes) {
    return refusal(code, [&] { read(bytes); });
}

std::string corrupt(const std::string& bytes) {
    return refused(ErrorCode::corrupt_file, bytes);
}

// A file with one tensor, and with `from` replaced by `to` in its bytes.
std::string damaged(const std::string& from, const std::string& to) {
    std::string bytes = gguf_bytes({f32_tensor("a.weight", {2, 3}, {1, 2, 3, 4, 5, 6})});
    EXPECT_NE(bytes.find(from), std::string::npos);
    return bytes.replace(bytes.find(from), from.size(), to);
}

std::string u64(std::uint64_t value) {
    return raw_bytes(std::vector{value});
}
std::string u32(std::uint32_t value) {
    return raw_bytes(std::vector{value});
}

// Magic, version 3 and the two counts.
std::string head(std::uint64_t tensors, std::uint64_t values) {
    return "GGUF" + u32(3) + u64(tensors) + u64(values);
}

TEST(Gguf, ReadsTensorsWithTheirDimensionsTurnedRound) {
    for (const std::uint32_t version : {2U, 3U}) {
        const std::string bytes = gguf_bytes(
            {f32_tensor("a", {2, 3}, {1, 2, 3, 4, 5, 6}), bf16_tensor("decoder.b", {3}, {7, 8, 9})},
            {}, {.version = version});
        const auto contents = read(bytes);
        ASSERT_EQ(contents.tensors.size(), 2u);
        EXPECT_EQ(contents.tensors[0].name, "a");
        EXPECT_THAT(contents.tensors[0].shape, ElementsAre(2, 3));
        EXPECT_THAT(to_float(contents.tensors[0]), ElementsAre(1, 2, 3, 4, 5, 6));
        EXPECT_EQ(contents.tensors[1].name, "decoder.b");
        EXPECT_EQ(contents.tensors[1].type, DataType::bf16);
        EXPECT_THAT(to_float(contents.tensors[1]), ElementsAre(7, 8, 9));
    }
}

TEST(Gguf, ReadsQuantizedTensorsAsBlocks) {
    const std::string bytes = gguf_bytes({{"q", DataType::q8_0, {2, 64}, std::string(4 * 34, 'q')},
                                          {"k", DataType::q4_K, {1, 256}, std::string(144, 'k')}});
    const auto contents = read(bytes);
    EXPECT_EQ(contents.tensors.at(0).type, DataType::q8_0);
    EXPECT_EQ(contents.tensors.at(0).bytes.size(), 136u);
    EXPECT_EQ(contents.tensors.at(1).bytes[0], std::byte{'k'});
}

TEST(Gguf, ReadsEveryTypeOfValue) {
    const std::string bytes = gguf_bytes({}, {{"u8", std::uint8_t{200}},
                                              {"i8", std::int8_t{-100}},
                                              {"u16", std::uint16_t{60000}},
                                              {"i16", std::int16_t{-30000}},
                                              {"u32", std::uint32_t{4000000000}},
                                              {"i32", std::int32_t{-2000000000}},
                                              {"u64", std::uint64_t{1} << 63},
                                              {"i64", -(std::int64_t{1} << 62)},
                                              {"f32", 0.5f},
                                              {"f64", 0.1},
                                              {"bool", true},
                                              {"text", std::string("words")},
                                              {"ints", std::vector<std::int32_t>{8, 8, -5}},
                                              {"texts", std::vector<std::string>{"a", "", "ccc"}}});
    const auto values = read(bytes).values;
    EXPECT_EQ(std::get<std::uint64_t>(values.at("u8")), 200u);
    EXPECT_EQ(std::get<std::int64_t>(values.at("i8")), -100);
    EXPECT_EQ(std::get<std::uint64_t>(values.at("u16")), 60000u);
    EXPECT_EQ(std::get<std::int64_t>(values.at("i16")), -30000);
    EXPECT_EQ(std::get<std::uint64_t>(values.at("u32")), 4000000000u);
    EXPECT_EQ(std::get<std::int64_t>(values.at("i32")), -2000000000);
    EXPECT_EQ(std::get<std::uint64_t>(values.at("u64")), std::uint64_t{1} << 63);
    EXPECT_EQ(std::get<std::int64_t>(values.at("i64")), -(std::int64_t{1} << 62));
    EXPECT_EQ(std::get<float>(values.at("f32")), 0.5f);
    EXPECT_EQ(std::get<double>(values.at("f64")), 0.1);
    EXPECT_EQ(std::get<bool>(values.at("bool")), true);
    EXPECT_EQ(std::get<std::string_view>(values.at("text")), "words");
    const auto integers = elements(std::get<GgufArray>(values.at("ints")));
    ASSERT_EQ(integers.size(), 3u);
    EXPECT_EQ(std::get<std::int64_t>(integers[2]), -5);
    const auto texts = elements(std::get<GgufArray>(values.at("texts")));
    ASSERT_EQ(texts.size(), 3u);
    EXPECT_EQ(std::get<std::string_view>(texts[2]), "ccc");
}

TEST(Gguf, HonoursTheAlignmentThatTheFileStates) {
    for (const std::uint32_t alignment : {1U, 8U, 4096U}) {
        const std::string bytes = gguf_bytes(
            {bf16_tensor("a", {1}, {1}), bf16_tensor("b", {1}, {2})}, {}, {.alignment = alignment});
        EXPECT_THAT(to_float(read(bytes).tensors.at(1)), ElementsAre(2));
    }
    for (const std::uint32_t alignment : {0U, 3U, 0xFFFFFFFFU}) {
        EXPECT_THAT(
            corrupt(gguf_bytes({f32_tensor("a", {1}, {1})}, {{"general.alignment", alignment}})),
            HasSubstr("general.alignment"));
    }
    EXPECT_THAT(corrupt(gguf_bytes({f32_tensor("a", {1}, {1})},
                                   {{"general.alignment", std::string("32")}})),
                HasSubstr("general.alignment"));
}

TEST(Gguf, RefusesAFileThatIsCutAnywhere) {
    const std::string whole =
        gguf_bytes({f32_tensor("a", {8}, {1, 2, 3, 4, 5, 6, 7, 8})},
                   {{"texts", std::vector<std::string>{"a", "b"}}, {"text", std::string("t")}});
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_THAT(corrupt(whole.substr(0, length)), HasSubstr(file)) << length;
}

TEST(Gguf, AcceptsAFileWithoutTensors) {
    EXPECT_TRUE(read(head(0, 0)).tensors.empty());
    // One tensor without elements, and no data behind the header.
    std::string bytes = head(1, 0) + u64(1) + "a" + u32(1) + u64(0) + u32(0) + u64(0);
    EXPECT_TRUE(read(bytes).tensors.at(0).bytes.empty());
}

TEST(Gguf, RefusesOtherVersionsAndByteOrders) {
    EXPECT_THAT(refused(ErrorCode::unsupported, gguf_bytes({}, {}, {.version = 1})),
                HasSubstr("GGUF version is 1"));
    EXPECT_THAT(refused(ErrorCode::unsupported, gguf_bytes({}, {}, {.version = 3U << 24})),
                HasSubstr("big-endian"));
    EXPECT_THAT(corrupt("GGML" + u32(3)), HasSubstr("does not begin with GGUF"));
}

TEST(Gguf, AbsurdCountsEndWhereTheFileDoes) {
    constexpr std::uint64_t most = ~std::uint64_t{0};
    EXPECT_THAT(corrupt(head(most, 0)), HasSubstr("0 are left"));
    EXPECT_THAT(corrupt(head(0, most)), HasSubstr("0 are left"));
    EXPECT_THAT(corrupt(head(0, 1) + u64(most) + "key"), HasSubstr("3 are left"));
    const std::string key = head(0, 1) + u64(3) + "key";
    EXPECT_THAT(corrupt(key + u32(8) + u64(most) + "text"), HasSubstr("4 are left"));
    EXPECT_THAT(corrupt(key + u32(9) + u32(5) + u64(most) + "data"),
                AllOf(HasSubstr("metadata key"), HasSubstr("18446744073709551615 elements")));
    // A count whose product with the size of an element is a small number again.
    EXPECT_THAT(corrupt(key + u32(9) + u32(5) + u64((std::uint64_t{1} << 62) + 1) + "data"),
                HasSubstr("elements"));
    EXPECT_THAT(corrupt(key + u32(9) + u32(8) + u64(most) + u64(1) + "x"), HasSubstr("0 are left"));
}

TEST(Gguf, RefusesUnknownTypesOfValues) {
    const std::string key = head(0, 1) + u64(3) + "key";
    EXPECT_THAT(corrupt(key + u32(13) + u64(0)), HasSubstr("metadata key has the unknown type 13"));
    EXPECT_THAT(corrupt(key + u32(9) + u32(77) + u64(0)), HasSubstr("unknown type 77"));
    EXPECT_THAT(refused(ErrorCode::unsupported, key + u32(9) + u32(9) + u64(1) + u32(5) + u64(0)),
                HasSubstr("metadata key is an array of arrays"));
}

TEST(Gguf, RefusesNamesThatAreNoneOrThereTwice) {
    EXPECT_THAT(corrupt(gguf_bytes({}, {{"k", true}, {"k", false}})),
                HasSubstr("metadata k is there twice"));
    EXPECT_THAT(corrupt(gguf_bytes({f32_tensor("a", {1}, {1}), f32_tensor("a", {1}, {1})})),
                HasSubstr("tensor a is there twice"));
    EXPECT_THAT(corrupt(gguf_bytes({}, {{"", true}})), HasSubstr("a metadata key"));
    EXPECT_THAT(corrupt(gguf_bytes({f32_tensor("\xFF", {1}, {1})})), HasSubstr("a tensor name"));
}

TEST(Gguf, RefusesImpossibleShapes) {
    EXPECT_THAT(corrupt(gguf_bytes({f32_tensor("a", {1, 1, 1, 1, 1}, {1})})),
                HasSubstr("tensor a has 5 dimensions"));
    EXPECT_THAT(corrupt(gguf_bytes({f32_tensor("a", {-1}, {})})),
                HasSubstr("impossible dimension 18446744073709551615"));
    const std::int64_t large = std::int64_t{1} << 32;
    EXPECT_THAT(corrupt(gguf_bytes({f32_tensor("a", {large, large}, {})})),
                HasSubstr("impossible"));
    EXPECT_THAT(corrupt(gguf_bytes({f32_tensor("a", {large, large, 0}, {})})),
                HasSubstr("impossible"));
    EXPECT_THAT(corrupt(gguf_bytes({{"a", DataType::q8_0, {32, 16}, std::string(34 * 16, 'x')}})),
                AllOf(HasSubstr("tensor a"), HasSubstr("[32, 16]"), HasSubstr("q8_0")));
}

TEST(Gguf, RefusesUnknownTypesOfTensorsByTheirNumber) {
    const std::string dimensions = u64(3) + u64(2);
    EXPECT_THAT(refused(ErrorCode::unsupported, damaged(dimensions + u32(0), dimensions + u32(4))),
                AllOf(HasSubstr("a.weight"), HasSubstr("ggml type 4")));
    // Our own numbers for the types of safetensors are no types of ggml.
    EXPECT_THAT(refused(ErrorCode::unsupported, damaged(dimensions + u32(0), dimensions + u32(65))),
                HasSubstr("ggml type 65"));
}

TEST(Gguf, RefusesDataOutOfTheFileOrUnaligned) {
    const std::string before = u64(2) + u32(0);
    for (const std::uint64_t offset : {32ULL, 1ULL << 40, ~0ULL - 31}) {
        EXPECT_THAT(corrupt(damaged(before + u64(0), before + u64(offset))),
                    AllOf(HasSubstr("a.weight"), HasSubstr("needs 24 bytes"), HasSubstr("has 32")));
    }
    EXPECT_THAT(corrupt(damaged(before + u64(0), before + u64(8))), HasSubstr("no multiple of 32"));
}

TEST(Gguf, RefusesTensorsThatShareBytes) {
    std::string bytes = gguf_bytes({f32_tensor("a", {1}, {1}), f32_tensor("b", {1}, {2})});
    const std::string second = "b" + u32(1) + u64(1) + u32(0);
    bytes.replace(bytes.find(second + u64(32)), second.size() + 8, second + u64(0));
    EXPECT_THAT(corrupt(bytes), HasSubstr("tensors a and b share bytes"));
}

}  // namespace
}  // namespace acestep::tests
