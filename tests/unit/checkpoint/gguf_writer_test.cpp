#include "checkpoint/gguf_writer.h"

#include <algorithm>
#include <random>

#include "checkpoint/checkpoint.h"
#include "support/checkpoint_writer.h"
#include "support/temporary_directory.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

namespace fs = std::filesystem;
using checkpoint::DataType;
using checkpoint::GgufArray;
using checkpoint::GgufItems;
using checkpoint::GgufTensor;
using checkpoint::GgufType;
using checkpoint::GgufWriter;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GgufWriterTest : public ::testing::Test {
protected:
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_.path()))
            names.push_back(entry.path().filename().string());
        return names;
    }

    TemporaryDirectory folder_;
    const fs::path target_ = folder_.path() / "a.gguf";
};

// What read_gguf gives, with the file's bytes that it points into.
struct ReadBack {
    explicit ReadBack(const fs::path& path)
        : bytes(read_file(path)), contents(checkpoint::read_gguf(as_bytes(bytes), path.string())) {}
    std::string bytes;
    checkpoint::GgufContents contents;
};

TEST_F(GgufWriterTest, WritesWhatTheReaderReads) {
    const std::string levels = raw_bytes(std::vector<std::int32_t>{8, 5, 5});
    const GgufItems values = {{"b", true},
                              {"u", std::uint64_t{7}},
                              {"large", std::uint64_t{1} << 40},
                              {"i", std::int64_t{-7}},
                              {"small", -(std::int64_t{1} << 40)},
                              {"f", 0.5f},
                              {"d", 0.25},
                              {"text", std::string("ä\n\0b", 5)},
                              {"tokens", std::vector<std::string>{"", "a", "bc"}},
                              {"levels", GgufArray{GgufType::i32, 3, as_bytes(levels)}}};
    GgufWriter writer(values, {});
    writer.create(target_);
    writer.commit();
    const ReadBack read(target_);
    const auto& got = read.contents.values;
    ASSERT_EQ(got.size(), values.size());
    EXPECT_EQ(std::get<bool>(got.at("b")), true);
    EXPECT_EQ(std::get<std::uint64_t>(got.at("u")), 7u);
    EXPECT_EQ(std::get<std::uint64_t>(got.at("large")), std::uint64_t{1} << 40);
    EXPECT_EQ(std::get<std::int64_t>(got.at("i")), -7);
    EXPECT_EQ(std::get<std::int64_t>(got.at("small")), -(std::int64_t{1} << 40));
    EXPECT_EQ(std::get<float>(got.at("f")), 0.5f);
    EXPECT_EQ(std::get<double>(got.at("d")), 0.25);
    EXPECT_EQ(std::get<std::string_view>(got.at("text")), std::string_view("ä\n\0b", 5));
    const auto tokens = elements(std::get<GgufArray>(got.at("tokens")));
    ASSERT_EQ(tokens.size(), 3u);
    EXPECT_EQ(std::get<std::string_view>(tokens[2]), "bc");
    const auto numbers = elements(std::get<GgufArray>(got.at("levels")));
    EXPECT_EQ(std::get<std::int64_t>(numbers.at(2)), 5);
}

TEST_F(GgufWriterTest, ReplacesANumberInTheFinishedFile) {
    GgufWriter writer({{"before", std::string("x")}, {"f", 0.5f}, {"g", 2.0f}}, {});
    writer.create(target_);
    const fs::path unnamed = writer.finish();
    EXPECT_EQ(std::get<float>(ReadBack(unnamed).contents.values.at("f")), 0.5f);
    writer.replace("f", 0.75f);
    EXPECT_THROW(writer.replace("before", 1), Error);
    EXPECT_FALSE(fs::exists(target_));
    writer.commit();
    const ReadBack read(target_);
    EXPECT_EQ(std::get<float>(read.contents.values.at("f")), 0.75f);
    EXPECT_EQ(std::get<float>(read.contents.values.at("g")), 2.0f);
    EXPECT_EQ(std::get<std::string_view>(read.contents.values.at("before")), "x");
    EXPECT_THAT(files(), ElementsAre("a.gguf"));
}

TEST_F(GgufWriterTest, TakesIntegersAsOthersExpectThem) {
    GgufWriter writer({{"u", std::uint64_t{7}}}, {});
    writer.create(target_);
    writer.commit();
    EXPECT_THAT(read_file(target_), HasSubstr("u" + raw_bytes(std::vector<std::uint32_t>{4, 7})));
}

// Any tensors, written in pieces of any size, come back with the same names, types, shapes, bytes.
TEST_F(GgufWriterTest, GivesBackAnyTensors) {
    std::mt19937 random(11);
    const auto below = [&](std::int64_t limit) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit));
    };
    constexpr DataType types[] = {DataType::f32, DataType::bf16, DataType::i8, DataType::q8_0,
                                  DataType::q4_K};
    for (int round = 0; round < 200; ++round) {
        std::vector<GgufTensor> tensors;
        std::vector<std::string> data;
        for (std::int64_t i = below(6); i >= 0; --i) {
            GgufTensor tensor{"t" + std::to_string(i), types[below(5)], {}};
            for (std::int64_t axis = below(4); axis > 0; --axis) tensor.shape.push_back(below(5));
            tensor.shape.push_back(below(3) * block_elements(tensor.type));
            std::string bytes(static_cast<std::size_t>(*stored_bytes(tensor.type, tensor.shape)),
                              '\0');
            for (char& byte : bytes) byte = static_cast<char>(random());
            tensors.push_back(std::move(tensor));
            data.push_back(std::move(bytes));
        }
        GgufWriter writer({{"general.name", std::string(static_cast<std::size_t>(below(40)), 'n')}},
                          tensors);
        writer.create(target_);
        for (const std::string& bytes : data) {
            for (std::size_t first = 0; first < bytes.size();) {
                const std::size_t size =
                    std::min(bytes.size() - first, static_cast<std::size_t>(1 + below(100)));
                writer.write(as_bytes(bytes).subspan(first, size));
                first += size;
            }
        }
        writer.commit();
        ASSERT_EQ(static_cast<std::int64_t>(fs::file_size(target_)), writer.file_bytes());
        const ReadBack read(target_);
        ASSERT_EQ(read.contents.tensors.size(), tensors.size());
        for (const auto& tensor : read.contents.tensors) {
            const auto wanted = std::find_if(tensors.begin(), tensors.end(),
                                             [&](const auto& t) { return t.name == tensor.name; });
            ASSERT_NE(wanted, tensors.end());
            EXPECT_EQ(tensor.type, wanted->type);
            EXPECT_EQ(tensor.shape, wanted->shape);
            const std::string& bytes = data[static_cast<std::size_t>(wanted - tensors.begin())];
            EXPECT_TRUE(std::ranges::equal(tensor.bytes, as_bytes(bytes)));
        }
    }
}

TEST_F(GgufWriterTest, LeavesNothingWhenItIsNotFinished) {
    write_file(target_, "what was there");
    {
        GgufWriter writer({}, {{"a", DataType::f32, {2}}});
        writer.create(target_);
        EXPECT_EQ(files().size(), 2u);
        writer.write(as_bytes(raw_bytes(std::vector<float>{1})));
    }
    EXPECT_THAT(files(), ElementsAre("a.gguf"));
    EXPECT_EQ(read_file(target_), "what was there");
}

TEST_F(GgufWriterTest, ReplacesWhatIsThereWhenItIsFinished) {
    write_file(target_, "what was there");
    GgufWriter writer({}, {{"a", DataType::f32, {1}}});
    writer.create(target_);
    writer.write(as_bytes(raw_bytes(std::vector<float>{3})));
    writer.commit();
    EXPECT_THAT(files(), ElementsAre("a.gguf"));
    EXPECT_THAT(to_float(ReadBack(target_).contents.tensors.at(0)), ElementsAre(3));
}

TEST_F(GgufWriterTest, RefusesTensorsThatGgufCannotHold) {
    const auto refused = [](GgufTensor tensor) {
        return refusal(ErrorCode::unsupported, [&] { GgufWriter({}, {std::move(tensor)}); });
    };
    EXPECT_THAT(refused({"deep", DataType::f32, {1, 1, 1, 1, 1}}),
                AllOf(HasSubstr("deep"), HasSubstr("5 dimensions")));
    EXPECT_THAT(refused({"eight", DataType::f8_e4m3, {4}}), HasSubstr("f8_e4m3 is no type"));
    EXPECT_THAT(refused({"open", DataType::q4_K, {2, 255}}), HasSubstr("impossible for q4_k"));
}

TEST_F(GgufWriterTest, RefusesWhatItsCallerGotWrong) {
    const auto wrong = [](auto action) { return refusal(ErrorCode::internal, action); };
    const GgufTensor tensor{"a", DataType::f32, {1}};
    EXPECT_THAT(wrong([&] { GgufWriter({}, {tensor, tensor}); }), HasSubstr("twice"));
    EXPECT_THAT(wrong([&] { GgufWriter({{"k", true}, {"k", true}}, {}); }), HasSubstr("twice"));
    GgufWriter writer({}, {tensor});
    writer.create(target_);
    EXPECT_THAT(wrong([&] { writer.commit(); }), HasSubstr("not written"));
    EXPECT_THAT(wrong([&] { writer.write(as_bytes(std::string(5, 'x'))); }),
                HasSubstr("More data"));
}

TEST_F(GgufWriterTest, RefusesTargetsThatAreNoFiles) {
    const auto unavailable = [](const fs::path& target) {
        return refusal(ErrorCode::unavailable, [&] { GgufWriter({}, {}).create(target); });
    };
    EXPECT_THAT(unavailable(folder_.path()), HasSubstr("it is a folder"));
    EXPECT_THAT(unavailable(folder_.path() / "nowhere" / "a.gguf"), HasSubstr("Create its folder"));
    EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace acestep::tests
