#include "checkpoint/gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <set>
#include <utility>

#include "checkpoint/byte_reader.h"
#include "checkpoint/file_error.h"
#include "checkpoint/printable.h"
#include "checkpoint/tensor_order.h"

namespace acestep::checkpoint {
namespace {

constexpr std::string_view magic = "GGUF";
constexpr std::uint64_t default_alignment = 32;
constexpr const char* alignment_key = "general.alignment";

// Bytes of one value of a fixed size; 0 for texts, arrays and numbers that name no type.
std::uint64_t value_bytes(GgufType type) {
    switch (type) {
        case GgufType::u8:
        case GgufType::i8:
        case GgufType::boolean: return 1;
        case GgufType::u16:
        case GgufType::i16: return 2;
        case GgufType::u32:
        case GgufType::i32:
        case GgufType::f32: return 4;
        case GgufType::u64:
        case GgufType::i64:
        case GgufType::f64: return 8;
        case GgufType::text:
        case GgufType::array: return 0;
    }
    return 0;
}

std::string_view read_text(ByteReader& reader) {
    return reader.take_text(reader.read<std::uint64_t>());
}

// A value that is neither an array nor of an unknown type.
GgufValue read_plain(GgufType type, ByteReader& reader) {
    switch (type) {
        case GgufType::u8: return std::uint64_t{reader.read<std::uint8_t>()};
        case GgufType::i8: return std::int64_t{reader.read<std::int8_t>()};
        case GgufType::u16: return std::uint64_t{reader.read<std::uint16_t>()};
        case GgufType::i16: return std::int64_t{reader.read<std::int16_t>()};
        case GgufType::u32: return std::uint64_t{reader.read<std::uint32_t>()};
        case GgufType::i32: return std::int64_t{reader.read<std::int32_t>()};
        case GgufType::u64: return reader.read<std::uint64_t>();
        case GgufType::i64: return reader.read<std::int64_t>();
        case GgufType::f32: return reader.read<float>();
        case GgufType::f64: return reader.read<double>();
        case GgufType::boolean: return reader.read<std::uint8_t>() != 0;
        case GgufType::text:
        case GgufType::array: break;
    }
    return read_text(reader);
}

class Reader {
public:
    Reader(std::span<const std::byte> bytes, const std::string& file)
        : bytes_(bytes), file_(file), reader_(bytes, file) {}

    GgufContents read() {
        require_format();
        const auto tensor_count = reader_.read<std::uint64_t>();
        const auto value_count = reader_.read<std::uint64_t>();
        for (std::uint64_t count = 0; count < value_count; ++count) read_value();
        for (std::uint64_t count = 0; count < tensor_count; ++count) read_description();
        place_tensors();
        order_by_position(contents_.tensors);
        return std::move(contents_);
    }

private:
    void require_format() {
        if (reader_.remaining() < magic.size() || reader_.take_text(magic.size()) != magic)
            fail_corrupt(file_, "it does not begin with GGUF");
        const auto version = reader_.read<std::uint32_t>();
        if (version == 2 || version == 3) return;
        const bool big_endian = (version & 0xFFFFU) == 0;
        fail_unsupported(file_,
                         big_endian ? std::string("it is a big-endian GGUF file")
                                    : fmt::format("its GGUF version is {}", version),
                         "Versions 2 and 3 in little-endian order can be read.");
    }

    void read_value() {
        std::string key = read_name("a metadata key");
        const auto type = GgufType{reader_.read<std::uint32_t>()};
        GgufValue value = type == GgufType::array ? GgufValue(read_array(key))
                                                  : read_plain(known(type, key), reader_);
        if (!contents_.values.emplace(key, std::move(value)).second)
            fail_corrupt(file_, fmt::format("metadata {} is there twice", printable(key)));
    }

    std::string read_name(const char* what) {
        const std::string_view text = read_text(reader_);
        if (text.empty() || !is_utf8(text))
            fail_corrupt(file_, fmt::format("{} \"{}\" is not a name", what, printable(text)));
        return std::string(text);
    }

    GgufType known(GgufType type, const std::string& key) const {
        if (type != GgufType::text && value_bytes(type) == 0) {
            fail_corrupt(file_, fmt::format("metadata {} has the unknown type {}", printable(key),
                                            static_cast<std::uint32_t>(type)));
        }
        return type;
    }

    GgufArray read_array(const std::string& key) {
        GgufArray array;
        array.type = GgufType{reader_.read<std::uint32_t>()};
        if (array.type == GgufType::array) {
            fail_unsupported(file_,
                             fmt::format("metadata {} is an array of arrays", printable(key)),
                             "No checkpoint of ACE-Step has one.");
        }
        known(array.type, key);
        array.count = reader_.read<std::uint64_t>();
        const std::size_t begin = reader_.position();
        if (array.type == GgufType::text) {
            for (std::uint64_t count = 0; count < array.count; ++count) read_text(reader_);
        } else {
            // Divided, because the product of a claimed count can overflow.
            const std::uint64_t size = value_bytes(array.type);
            if (array.count > reader_.remaining() / size) {
                fail_corrupt(file_, fmt::format("metadata {} claims {} elements where {} bytes are "
                                                "left",
                                                printable(key), array.count, reader_.remaining()));
            }
            reader_.take(array.count * size);
        }
        array.bytes = bytes_.subspan(begin, reader_.position() - begin);
        return array;
    }

    void read_description() {
        TensorView tensor{.name = read_name("a tensor name"), .file = file_};
        if (!names_.insert(tensor.name).second) fail(tensor, "is there twice");
        const auto dimensions = reader_.read<std::uint32_t>();
        if (dimensions > max_gguf_dimensions)
            fail(tensor, fmt::format("has {} dimensions; {} are the most", dimensions,
                                     max_gguf_dimensions));
        for (std::uint32_t axis = 0; axis < dimensions; ++axis) {
            const auto size = reader_.read<std::uint64_t>();
            if (size > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
                fail(tensor, fmt::format("has the impossible dimension {}", size));
            tensor.shape.push_back(static_cast<std::int64_t>(size));
        }
        std::reverse(tensor.shape.begin(), tensor.shape.end());
        const auto type_number = reader_.read<std::uint32_t>();
        const auto type = ggml_type(type_number);
        if (!type) {
            fail_unsupported(file_,
                             fmt::format("tensor {} has ggml type {}, which is not known here",
                                         printable(tensor.name), type_number),
                             "Use a file of another quantization.");
        }
        tensor.type = *type;
        contents_.tensors.push_back(std::move(tensor));
        offsets_.push_back(reader_.read<std::uint64_t>());
    }

    void place_tensors() {
        if (contents_.tensors.empty()) return;
        const std::uint64_t alignment = read_alignment();
        // At most the next 2^31 bytes after a position in memory: no overflow in 64 bits.
        const std::uint64_t begin =
            (std::uint64_t{reader_.position()} + alignment - 1) / alignment * alignment;
        const std::uint64_t available =
            bytes_.size() - std::min<std::uint64_t>(begin, bytes_.size());
        for (std::size_t index = 0; index < offsets_.size(); ++index) {
            TensorView& tensor = contents_.tensors[index];
            const std::uint64_t offset = offsets_[index];
            const auto needed = stored_bytes(tensor.type, tensor.shape);
            if (!needed) {
                fail(tensor, fmt::format("has a shape {} that is impossible for type {}",
                                         shape_text(tensor.shape), name(tensor.type)));
            }
            if (offset % alignment != 0)
                fail(tensor, fmt::format("lies at offset {}, which is no multiple of {}", offset,
                                         alignment));
            const auto size = static_cast<std::uint64_t>(*needed);
            if (offset > available || size > available - offset) {
                fail(tensor, fmt::format("needs {} bytes at offset {} of the data, which has {}",
                                         size, offset, available));
            }
            // With no data at all the aligned beginning may lie behind the end of the file.
            const auto position = std::min<std::uint64_t>(begin + offset, bytes_.size());
            tensor.bytes =
                bytes_.subspan(static_cast<std::size_t>(position), static_cast<std::size_t>(size));
        }
    }

    std::uint64_t read_alignment() const {
        const auto found = contents_.values.find(alignment_key);
        if (found == contents_.values.end()) return default_alignment;
        const auto* value = std::get_if<std::uint64_t>(&found->second);
        if (value == nullptr || !std::has_single_bit(*value) || *value > (1U << 31))
            fail_corrupt(file_, "metadata general.alignment is not a power of two");
        return *value;
    }

    [[noreturn]] void fail(const TensorView& tensor, const std::string& problem) const {
        fail_corrupt(file_, fmt::format("tensor {} {}", printable(tensor.name), problem));
    }

    std::span<const std::byte> bytes_;
    const std::string& file_;
    ByteReader reader_;
    GgufContents contents_;
    std::vector<std::uint64_t> offsets_;  // of the data of contents_.tensors, in the same order
    std::set<std::string> names_;
};

}  // namespace

GgufContents read_gguf(std::span<const std::byte> bytes, const std::string& file) {
    return Reader(bytes, file).read();
}

std::vector<GgufValue> elements(const GgufArray& array) {
    static const std::string nowhere;  // a checked array never needs its file's name
    ByteReader reader(array.bytes, nowhere);
    std::vector<GgufValue> result;
    for (std::uint64_t count = 0; count < array.count; ++count)
        result.push_back(read_plain(array.type, reader));
    return result;
}

}  // namespace acestep::checkpoint
