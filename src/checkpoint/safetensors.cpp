#include "checkpoint/safetensors.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "checkpoint/byte_reader.h"
#include "checkpoint/file_error.h"
#include "checkpoint/json_text.h"
#include "checkpoint/printable.h"
#include "checkpoint/tensor_order.h"

namespace acestep::checkpoint {
namespace {

constexpr std::uint64_t max_header_bytes = 100'000'000;  // the limit of the format's own library
constexpr int max_header_depth = 3;                      // header, tensor, shape

constexpr std::array<std::pair<std::string_view, DataType>, 15> types = {{
    {"F64", DataType::f64},
    {"F32", DataType::f32},
    {"F16", DataType::f16},
    {"BF16", DataType::bf16},
    {"I64", DataType::i64},
    {"I32", DataType::i32},
    {"I16", DataType::i16},
    {"I8", DataType::i8},
    {"U8", DataType::u8},
    {"U16", DataType::u16},
    {"U32", DataType::u32},
    {"U64", DataType::u64},
    {"BOOL", DataType::boolean},
    {"F8_E4M3", DataType::f8_e4m3},
    {"F8_E5M2", DataType::f8_e5m2},
}};

nlohmann::json parse_header(ByteReader& reader, const std::string& file) {
    if (reader.remaining() < sizeof(std::uint64_t))
        fail_corrupt(file, fmt::format("it has only {} bytes", reader.remaining()));
    const auto length = reader.read<std::uint64_t>();
    if (length > max_header_bytes || length > reader.remaining()) {
        fail_corrupt(file, fmt::format("its header claims {} bytes where {} are left and {} are "
                                       "the most",
                                       length, reader.remaining(), max_header_bytes));
    }
    return parse_json_object(reader.take_text(length), file, "its header", DuplicateNames::refused,
                             max_header_depth);
}

std::map<std::string, std::string> read_metadata(const nlohmann::json& entry,
                                                 const std::string& file) {
    if (!entry.is_object()) fail_corrupt(file, "its metadata is not a JSON object");
    std::map<std::string, std::string> metadata;
    for (const auto& [key, value] : entry.items()) {
        if (!value.is_string())
            fail_corrupt(file, fmt::format("metadata {} is not a text", printable(key)));
        metadata[key] = value.get<std::string>();
    }
    return metadata;
}

// One entry of the header, with the checks that need to name file and tensor.
class TensorEntry {
public:
    TensorEntry(const std::string& name, const nlohmann::json& entry, const std::string& file)
        : name_(name), entry_(entry), file_(file) {
        if (!entry.is_object()) fail("is not described by a JSON object");
    }

    TensorView view(std::span<const std::byte> data) const {
        TensorView tensor{.name = name_, .type = type(), .shape = shape(), .file = file_};
        const auto offsets = integers("data_offsets");
        if (offsets.size() != 2) fail("has no begin and end in data_offsets");
        const auto begin = static_cast<std::uint64_t>(offsets[0]);
        const auto end = static_cast<std::uint64_t>(offsets[1]);
        if (begin > end || end > data.size()) {
            fail(fmt::format("lies at bytes {} to {} of the data, which has {}", begin, end,
                             data.size()));
        }
        const auto needed = stored_bytes(tensor.type, tensor.shape);
        if (!needed) fail(fmt::format("has an impossible shape {}", shape_text(tensor.shape)));
        if (static_cast<std::uint64_t>(*needed) != end - begin) {
            fail(fmt::format("of type {} and shape {} needs {} bytes, but has {}",
                             name(tensor.type), shape_text(tensor.shape), *needed, end - begin));
        }
        tensor.bytes =
            data.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        return tensor;
    }

private:
    [[noreturn]] void fail(const std::string& problem) const {
        fail_corrupt(file_, fmt::format("tensor {} {}", printable(name_), problem));
    }

    DataType type() const {
        const auto field = entry_.find("dtype");
        if (field == entry_.end() || !field->is_string()) fail("has no dtype");
        const auto& spelling = field->get_ref<const std::string&>();
        for (const auto& [known, known_type] : types)
            if (spelling == known) return known_type;
        fail(fmt::format("has the unknown dtype {}", printable(spelling)));
    }

    std::vector<std::int64_t> shape() const { return integers("shape"); }

    std::vector<std::int64_t> integers(const char* key) const {
        const auto field = entry_.find(key);
        if (field == entry_.end() || !field->is_array()) fail(fmt::format("has no {}", key));
        std::vector<std::int64_t> values;
        for (const nlohmann::json& value : *field) {
            constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
            if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
                fail(fmt::format("has something else than counts in {}", key));
            values.push_back(value.get<std::int64_t>());
        }
        return values;
    }

    const std::string& name_;
    const nlohmann::json& entry_;
    const std::string& file_;
};

}  // namespace

SafetensorsContents read_safetensors(std::span<const std::byte> bytes, const std::string& file) {
    ByteReader reader(bytes, file);
    const nlohmann::json header = parse_header(reader, file);
    const auto data = bytes.subspan(reader.position());
    SafetensorsContents contents;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__")
            contents.metadata = read_metadata(entry, file);
        else
            contents.tensors.push_back(TensorEntry(name, entry, file).view(data));
    }
    order_by_position(contents.tensors);
    return contents;
}

}  // namespace acestep::checkpoint
