#include "checkpoint/safetensors.h"

#include <functional>

#include "checkpoint/checkpoint.h"
#include "support/checkpoint_writer.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::DataType;
using checkpoint::read_safetensors;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string file = "folder/model.safetensors";

auto read(const std::string& bytes) {
    return read_safetensors(as_bytes(bytes), file);
}

std::string corrupt(const std::string& bytes) {
    return refusal(ErrorCode::corrupt_file, [&] { read(bytes); });
}

// A header with one entry, over eight bytes of data.
std::string corrupt_entry(const std::string& entry) {
    return corrupt(safetensors_bytes("{\"a.weight\":" + entry + "}", "12345678"));
}

TEST(Safetensors, ReadsTypeShapeAndValues) {
    const std::string bytes = safetensors_bytes(
        {f32_tensor("a", {2, 3}, {1, 2, 3, 4, 5, 6}), bf16_tensor("b", {2}, {0.5f, -8})});
    const auto contents = read(bytes);
    ASSERT_EQ(contents.tensors.size(), 2u);
    EXPECT_EQ(contents.tensors[0].name, "a");
    EXPECT_EQ(contents.tensors[0].type, DataType::f32);
    EXPECT_THAT(contents.tensors[0].shape, ElementsAre(2, 3));
    EXPECT_EQ(contents.tensors[0].file, file);
    EXPECT_THAT(to_float(contents.tensors[0]), ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_EQ(contents.tensors[1].type, DataType::bf16);
    EXPECT_THAT(to_float(contents.tensors[1]), ElementsAre(0.5f, -8));
}

TEST(Safetensors, KnowsEveryDtypeByItsName) {
    const std::vector<std::pair<std::string, DataType>> types = {
        {"F64", DataType::f64},      {"F32", DataType::f32},         {"F16", DataType::f16},
        {"BF16", DataType::bf16},    {"I64", DataType::i64},         {"I32", DataType::i32},
        {"I16", DataType::i16},      {"I8", DataType::i8},           {"U8", DataType::u8},
        {"U16", DataType::u16},      {"U32", DataType::u32},         {"U64", DataType::u64},
        {"BOOL", DataType::boolean}, {"F8_E4M3", DataType::f8_e4m3}, {"F8_E5M2", DataType::f8_e5m2},
    };
    for (const auto& [spelling, type] : types) {
        const std::size_t size = static_cast<std::size_t>(block_bytes(type));
        const std::string bytes =
            safetensors_bytes("{\"x\":{\"dtype\":\"" + spelling + "\",\"shape\":[1]," +
                                  "\"data_offsets\":[0," + std::to_string(size) + "]}}",
                              std::string(size, '\1'));
        const auto contents = read(bytes);
        EXPECT_EQ(contents.tensors.at(0).type, type) << spelling;
    }
}

TEST(Safetensors, GivesTensorsInTheOrderOfTheirData) {
    const std::string bytes = safetensors_bytes(
        {f32_tensor("z", {1}, {1}), f32_tensor("a", {1}, {2}), f32_tensor("m", {1}, {3})});
    const auto contents = read(bytes);
    EXPECT_EQ(contents.tensors.at(0).name, "z");
    EXPECT_EQ(contents.tensors.at(1).name, "a");
    EXPECT_EQ(contents.tensors.at(2).name, "m");
}

TEST(Safetensors, KeepsMetadata) {
    const std::string bytes = safetensors_bytes({f32_tensor("a", {}, {7})}, {{"format", "pt"}});
    const auto contents = read(bytes);
    EXPECT_EQ(contents.metadata.at("format"), "pt");
    EXPECT_TRUE(contents.tensors.at(0).shape.empty());
    EXPECT_THAT(to_float(contents.tensors.at(0)), ElementsAre(7));
}

TEST(Safetensors, AcceptsTensorsWithoutElementsAnywhere) {
    const std::string bytes = safetensors_bytes(
        {f32_tensor("a", {2}, {1, 2}), f32_tensor("none", {0, 4}, {}), f32_tensor("b", {1}, {3})});
    EXPECT_EQ(read(bytes).tensors.size(), 3u);
    const std::string only = safetensors_bytes("{}", "");
    EXPECT_TRUE(read(only).tensors.empty());
}

TEST(Safetensors, RefusesAFileThatIsCutAnywhere) {
    const std::string whole = safetensors_bytes({f32_tensor("a.weight", {2}, {1, 2})});
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_THAT(corrupt(whole.substr(0, length)), HasSubstr(file)) << length;
}

TEST(Safetensors, RefusesAnAbsurdHeaderLength) {
    EXPECT_THAT(corrupt(std::string(8, '\xFF') + "{}"),
                HasSubstr("claims 18446744073709551615 bytes where 2 are left"));
    // Over the limit of the format, although the file would be large enough to hold it.
    std::string large = safetensors_bytes(std::string(100'000'001, ' '), "");
    EXPECT_THAT(corrupt(large), HasSubstr("100000000"));
}

TEST(Safetensors, RefusesAHeaderThatIsNoJsonObject) {
    EXPECT_THAT(corrupt(safetensors_bytes("{\"a\":", "")), HasSubstr("not JSON"));
    EXPECT_THAT(corrupt(safetensors_bytes("[]", "")), HasSubstr("not a JSON object"));
    EXPECT_THAT(corrupt(safetensors_bytes("", "")), HasSubstr("not JSON"));
    EXPECT_THAT(corrupt(safetensors_bytes("{\"\xFF\":{}}", "")), HasSubstr("not JSON"));
}

TEST(Safetensors, RefusesDeepNestingWithoutDescendingIntoIt) {
    const std::string deep = "{\"a\":" + std::string(1'000'000, '[') + "}";
    EXPECT_THAT(corrupt(safetensors_bytes(deep, "")), HasSubstr("nested deeper"));
}

TEST(Safetensors, RefusesANameThatIsThereTwice) {
    const std::string entry = "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";
    EXPECT_THAT(corrupt(safetensors_bytes("{\"a\":" + entry + ",\"a\":" + entry + "}", "x")),
                HasSubstr("a twice"));
}

TEST(Safetensors, RefusesImpossibleShapes) {
    const auto with_shape = [](const std::string& shape) {
        return corrupt_entry("{\"dtype\":\"U8\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}");
    };
    for (const char* shape : {"[-8]", "[8.0]", "[\"8\"]", "[18446744073709551615]", "[1e99]",
                              "[9223372036854775808]", "8", "{}", "null"})
        EXPECT_THAT(with_shape(shape), AllOf(HasSubstr("a.weight"), HasSubstr("shape"))) << shape;
    EXPECT_THAT(with_shape("[4294967296,4294967296]"), HasSubstr("impossible shape"));
    // Also where a zero would hide the overflow from a check of the product alone.
    EXPECT_THAT(with_shape("[4294967296,4294967296,0]"), HasSubstr("impossible shape"));
    EXPECT_THAT(with_shape("[7]"), AllOf(HasSubstr("[7]"), HasSubstr("needs 7 bytes, but has 8")));
}

TEST(Safetensors, RefusesDataOffsetsOutOfTheFile) {
    const auto with_offsets = [](const std::string& offsets) {
        return corrupt_entry("{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":" + offsets + "}");
    };
    for (const char* offsets : {"[1,9]", "[8,0]", "[18446744073709551608,0]", "[-8,0]", "[0]",
                                "[0,4,8]", "[]", "[0,9223372036854775807]", "7"})
        EXPECT_THAT(with_offsets(offsets), AllOf(HasSubstr(file), HasSubstr("a.weight")))
            << offsets;
}

TEST(Safetensors, RefusesTensorsThatShareBytes) {
    const std::string header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]},"
        "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}";
    EXPECT_THAT(corrupt(safetensors_bytes(header, "12345678")),
                HasSubstr("tensors a and b share bytes"));
}

TEST(Safetensors, RefusesIncompleteEntries) {
    EXPECT_THAT(corrupt_entry("7"), HasSubstr("a.weight is not described"));
    EXPECT_THAT(corrupt_entry("{\"shape\":[8],\"data_offsets\":[0,8]}"), HasSubstr("no dtype"));
    EXPECT_THAT(corrupt_entry("{\"dtype\":8,\"shape\":[8],\"data_offsets\":[0,8]}"),
                HasSubstr("no dtype"));
    EXPECT_THAT(corrupt_entry("{\"dtype\":\"U8\",\"data_offsets\":[0,8]}"), HasSubstr("no shape"));
    EXPECT_THAT(corrupt_entry("{\"dtype\":\"U8\",\"shape\":[8]}"), HasSubstr("no data_offsets"));
    EXPECT_THAT(corrupt_entry("{\"dtype\":\"F4\",\"shape\":[8],\"data_offsets\":[0,8]}"),
                HasSubstr("unknown dtype F4"));
}

TEST(Safetensors, RefusesMetadataThatIsNotText) {
    EXPECT_THAT(corrupt(safetensors_bytes("{\"__metadata__\":[]}", "")), HasSubstr("metadata"));
    EXPECT_THAT(corrupt(safetensors_bytes("{\"__metadata__\":{\"k\":1}}", "")),
                HasSubstr("metadata k"));
}

TEST(Safetensors, ShowsHostileNamesAsOneShortLine) {
    const std::string name = "a\\n\\u001b[31m" + std::string(100'000, 'x');
    const std::string message = corrupt(safetensors_bytes("{\"" + name + "\":7}", ""));
    EXPECT_LT(message.size(), 400u);
    EXPECT_THAT(message, HasSubstr("a??[31m"));
}

}  // namespace
}  // namespace acestep::tests
