#include "checkpoint/torch_zip.h"

#include "checkpoint/checkpoint.h"
#include "support/checkpoint_writer.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::DataType;
using checkpoint::read_silence_latent;
using checkpoint::read_torch_tensor;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string file = "folder/silence_latent.pt";

auto read(const std::string& bytes, std::optional<std::int64_t> channels = {}) {
    return read_silence_latent(as_bytes(bytes), file, channels);
}

std::string refused(ErrorCode code, const std::string& bytes,
                    std::optional<std::int64_t> channels = {}) {
    return refusal(code, [&] { read(bytes, channels); });
}

std::vector<float> values(const checkpoint::SilenceLatent& silence) {
    return checkpoint::to_float({.type = silence.type,
                                 .shape = {silence.frames, silence.channels},
                                 .bytes = silence.values});
}

// An archive whose pickle describes its tensor freely.
std::string with_pickle(const std::string& pickle, const std::string& data) {
    return zip_bytes({{"any name/data.pkl", pickle}, {"any name/data/0", data}});
}

TEST(TorchZip, SilenceIsTurnedToFramesByChannels) {
    const std::string bytes = torch_zip_bytes(f32_tensor("", {1, 2, 3}, {1, 2, 3, 4, 5, 6}));
    const auto silence = read(bytes, 2);
    EXPECT_EQ(silence.frames, 3);
    EXPECT_EQ(silence.channels, 2);
    EXPECT_THAT(values(silence), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(TorchZip, ReadsOtherTypesPaddingAndZip64) {
    const ZipOptions options{.zip64 = true, .local_padding = 11};
    const auto half = read(torch_zip_bytes(
        {"", DataType::f16, {2, 2}, raw_bytes<std::uint16_t>({0x3C00, 0xC000, 0x3800, 0})},
        options));
    EXPECT_THAT(values(half), ElementsAre(1, 0.5f, -2, 0));
    EXPECT_THAT(values(read(torch_zip_bytes(bf16_tensor("", {1, 1, 2}, {1, 2})))),
                ElementsAre(1, 2));
}

TEST(TorchZip, FollowsStridesAndOffset) {
    // [2, 3] with strides [1, 2] from element 1 on: a transposed view into a longer storage.
    std::string pickle = tensor_pickle_bytes("FloatStorage", {2, 3});
    const auto replace = [&](const std::string& from, const std::string& to) {
        ASSERT_NE(pickle.find(from), std::string::npos);
        pickle.replace(pickle.find(from), from.size(), to);
    };
    using namespace std::string_literals;
    replace("K\6tQK\0"s, "K\7tQK\1"s);
    replace("(K\3K\1t"s, "(K\1K\2t"s);
    const std::string data = raw_bytes<float>({9, 1, 2, 3, 4, 5, 6});
    EXPECT_THAT(values(read(with_pickle(pickle, data))), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(TorchZip, RefusesViewsThatLeaveTheStorage) {
    using namespace std::string_literals;
    const std::string plain = tensor_pickle_bytes("FloatStorage", {2, 3});
    const std::string data = raw_bytes<float>({1, 2, 3, 4, 5, 6});
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string pickle = plain;
        pickle.replace(pickle.find(from), from.size(), to);
        return refused(ErrorCode::corrupt_file, with_pickle(pickle, data));
    };
    EXPECT_THAT(changed("QK\0"s, "QK\1"s), HasSubstr("offset 1 is not within its storage of 6"));
    EXPECT_THAT(changed("QK\0"s, "QJ\xFF\xFF\xFF\xFF"s), HasSubstr("offset -1"));
    EXPECT_THAT(changed("(K\3K\1t"s, "(K\4K\1t"s), HasSubstr("strides [4, 1]"));
    EXPECT_THAT(changed("(K\3K\1t"s, "(J\xFD\xFF\xFF\xFFK\1t"s), HasSubstr("strides [-3, 1]"));
    EXPECT_THAT(changed("(K\3K\1t"s, "(K\3t"s), HasSubstr("strides [3]"));
    EXPECT_THAT(changed("(K\2K\3t"s, "(K\0K\3t"s), HasSubstr("shape [0, 3]"));
    EXPECT_THAT(changed("(K\2K\3t"s, "(K\3K\3t"s), HasSubstr("shape [3, 3]"));
    // A stride of zero repeats values; a small file must not become a large allocation.
    EXPECT_THAT(changed("(K\2K\3t(K\3K\1t"s, "(J\xFF\xFF\xFF\x7FK\3t(K\0K\1t"s),
                HasSubstr("shape [2147483647, 3]"));
}

TEST(TorchZip, RefusesAnotherNumberOfChannelsThanConfigured) {
    EXPECT_THAT(
        refused(ErrorCode::corrupt_file, torch_zip_bytes(f32_tensor("", {1, 2, 1}, {1, 2})), 64),
        AllOf(HasSubstr(file), HasSubstr("2 channels where audio_acoustic_hidden_dim in "
                                         "config.json is 64")));
}

TEST(TorchZip, RefusesShapesThatAreNoLatents) {
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t>{4}, {2, 2, 1}, {1, 1, 2, 2}}) {
        EXPECT_THAT(
            refused(ErrorCode::corrupt_file, torch_zip_bytes(f32_tensor("", shape, {1, 2, 3, 4}))),
            HasSubstr("[1, channels, frames] is needed"));
    }
}

TEST(TorchZip, RefusesAStorageOfAnotherSize) {
    EXPECT_THAT(refused(ErrorCode::corrupt_file,
                        torch_zip_bytes(f32_tensor("", {1, 2, 3}, {1, 2, 3, 4, 5}))),
                HasSubstr("should be 6 of type f32, but take 20 bytes"));
}

TEST(TorchZip, RefusesArchivesWithoutATensor) {
    const std::string pickle = tensor_pickle_bytes("FloatStorage", {1, 1});
    EXPECT_THAT(refused(ErrorCode::unsupported, zip_bytes({{"a/b.txt", "x"}})),
                HasSubstr("data.pkl"));
    EXPECT_THAT(refused(ErrorCode::corrupt_file, zip_bytes({{"a/data.pkl", pickle}})),
                HasSubstr("a/data/0"));
    EXPECT_THAT(refused(ErrorCode::unsupported, zip_bytes({{"a/data.pkl", pickle},
                                                           {"a/byteorder", "big"},
                                                           {"a/data/0", std::string(4, '\0')}})),
                HasSubstr("byte order is big"));
}

TEST(TorchZip, GivesTheTensorAsItIsStored) {
    const std::string bytes = torch_zip_bytes(f32_tensor("", {1, 2, 3}, {1, 2, 3, 4, 5, 6}));
    const auto tensor = read_torch_tensor(as_bytes(bytes), file);
    EXPECT_THAT(tensor.shape, ElementsAre(1, 2, 3));
    EXPECT_THAT(tensor.strides, ElementsAre(6, 3, 1));
}

}  // namespace
}  // namespace acestep::tests
