#include "checkpoint/tensor_pickle.h"

#include "support/checkpoint_writer.h"
#include "unit/checkpoint/refusal.h"

namespace acestep::tests {
namespace {

using checkpoint::DataType;
using checkpoint::read_tensor_pickle;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string file = "x.pt";

auto read(const std::string& bytes) {
    return read_tensor_pickle(as_bytes(bytes), file);
}

std::string refused(ErrorCode code, const std::string& bytes) {
    return refusal(code, [&] { read(bytes); });
}

TEST(TensorPickle, DescribesTheTensor) {
    const auto tensor = read(tensor_pickle_bytes("HalfStorage", {1, 64, 15000}));
    EXPECT_EQ(tensor.type, DataType::f16);
    EXPECT_EQ(tensor.storage_key, "0");
    EXPECT_EQ(tensor.storage_elements, 960000);
    EXPECT_EQ(tensor.offset, 0);
    EXPECT_THAT(tensor.shape, ElementsAre(1, 64, 15000));
    EXPECT_THAT(tensor.strides, ElementsAre(960000, 15000, 1));
}

TEST(TensorPickle, TellsStorageClassesApart) {
    EXPECT_EQ(read(tensor_pickle_bytes("FloatStorage", {1})).type, DataType::f32);
    EXPECT_EQ(read(tensor_pickle_bytes("BFloat16Storage", {1})).type, DataType::bf16);
    EXPECT_EQ(read(tensor_pickle_bytes("DoubleStorage", {1})).type, DataType::f64);
    EXPECT_THAT(refused(ErrorCode::unsupported, tensor_pickle_bytes("LongStorage", {1})),
                HasSubstr("torch LongStorage"));
}

// With a memo, long integers and short tuples, as Python's pickle module writes it for
// torch.zeros(1, 16, 15000).
TEST(TensorPickle, UnderstandsWhatPythonWrites) {
    using namespace std::string_literals;
    const std::string python =
        "\x80\x02"s
        "ctorch._utils\n_rebuild_tensor_v2\nq\0((X\7\0\0\0storageq\1ctorch\nFloatStorage\nq\2"s
        "X\1\0\0\0"
        "0q\3X\3\0\0\0cpuq\4J\x80\xA9\3\0tq\5QK\0K\1K\x10M\x98:\x87q\6"s
        "\x8a\3\x80\xA9\3M\x98:K\1\x87q\7\x89"
        "ccollections\nOrderedDict\nq\x08)Rq\ttq\nRq\x0b."s;
    const auto tensor = read(python);
    EXPECT_EQ(tensor.storage_elements, 240000);
    EXPECT_THAT(tensor.shape, ElementsAre(1, 16, 15000));
    EXPECT_THAT(tensor.strides, ElementsAre(240000, 15000, 1));
}

TEST(TensorPickle, NeverCallsAnything) {
    using namespace std::string_literals;
    const std::string pickle =
        "\x80\x02"s
        "cos\nsystem\nX\2\0\0\0ls\x85R."s;
    EXPECT_THAT(refused(ErrorCode::unsupported, pickle), HasSubstr("its pickle calls os system"));
}

TEST(TensorPickle, RefusesInstructionsThatNoTensorNeeds) {
    EXPECT_THAT(refused(ErrorCode::unsupported, "\x80\x02}."), HasSubstr("0x7d"));
    EXPECT_THAT(refused(ErrorCode::unsupported, "\x80\x02K\1."), HasSubstr("something else"));
}

TEST(TensorPickle, RefusesAPickleThatIsCutAnywhere) {
    const std::string whole = tensor_pickle_bytes("FloatStorage", {1, 2, 3});
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_THAT(refused(ErrorCode::corrupt_file, whole.substr(0, length)), HasSubstr(file));
}

TEST(TensorPickle, RefusesValuesThatAreNotThere) {
    for (const char* bytes : {".", "t.", "(R.", "Q.", "\x85.", "q\1.", "h\1.", "K\1R."})
        EXPECT_THAT(refused(ErrorCode::corrupt_file, bytes), HasSubstr("pickle")) << bytes;
}

TEST(TensorPickle, RefusesATensorOfTheWrongPieces) {
    std::string swapped = tensor_pickle_bytes("FloatStorage", {1, 2});
    swapped.replace(swapped.find("X\x07"), 5 + 7, "K\1");  // a number instead of "storage"
    EXPECT_THAT(refused(ErrorCode::corrupt_file, swapped), HasSubstr("a storage"));
    using namespace std::string_literals;
    const std::string storage = "(X\7\0\0\0storagectorch\nFloatStorage\nK\1K\1"s;
    EXPECT_THAT(refused(ErrorCode::corrupt_file, storage + "tQ."),
                HasSubstr("a storage in an unknown way"));
    EXPECT_THAT(refused(ErrorCode::corrupt_file, "ctorch._utils\n_rebuild_tensor_v2\n)R."),
                HasSubstr("a tensor in an unknown way"));
}

// Each step doubles the tuple that the one before made; copied, 40 of them would take terabytes.
TEST(TensorPickle, StaysSmallWhenTuplesAreNested) {
    std::string bomb = "\x80\x02)";
    for (int level = 0; level < 40; ++level) bomb += "q\1h\1\x86";
    EXPECT_THAT(refused(ErrorCode::unsupported, bomb + "."), HasSubstr("something else"));
}

TEST(TensorPickle, IsBoundedInSize) {
    EXPECT_THAT(refused(ErrorCode::corrupt_file, std::string(65537, '(')), HasSubstr("65537"));
}

}  // namespace
}  // namespace acestep::tests
