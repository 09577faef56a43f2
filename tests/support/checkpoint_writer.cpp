#include "support/checkpoint_writer.h"

#include <algorithm>
#include <bit>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <type_traits>

#include <nlohmann/json.hpp>

namespace acestep::tests {
namespace {

using checkpoint::DataType;

template <typename Number>
void append(std::string& target, Number value) {
    target.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Names of the safetensors format where they are not the upper-case form of ours.
std::string safetensors_type(DataType type) {
    std::string text(name(type));
    std::transform(text.begin(), text.end(), text.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? letter - 32 : letter;
    });
    return text;
}

template <typename Number>
constexpr std::uint32_t gguf_number() {
    if constexpr (std::is_same_v<Number, std::uint8_t>) return 0;
    if constexpr (std::is_same_v<Number, std::int8_t>) return 1;
    if constexpr (std::is_same_v<Number, std::uint16_t>) return 2;
    if constexpr (std::is_same_v<Number, std::int16_t>) return 3;
    if constexpr (std::is_same_v<Number, std::uint32_t>) return 4;
    if constexpr (std::is_same_v<Number, std::int32_t>) return 5;
    if constexpr (std::is_same_v<Number, float>) return 6;
    if constexpr (std::is_same_v<Number, bool>) return 7;
    if constexpr (std::is_same_v<Number, std::string>) return 8;
    if constexpr (std::is_same_v<Number, std::uint64_t>) return 10;
    if constexpr (std::is_same_v<Number, std::int64_t>) return 11;
    return 12;
}

void append_gguf_text(std::string& target, std::string_view text) {
    append(target, std::uint64_t{text.size()});
    target += text;
}

template <typename Content>
void append_gguf_content(std::string& target, const Content& content) {
    if constexpr (std::is_same_v<Content, std::string>)
        append_gguf_text(target, content);
    else
        append(target, content);
}

template <typename Content>
void append_gguf_value(std::string& target, const Content& content) {
    append(target, gguf_number<Content>());
    append_gguf_content(target, content);
}

template <typename Item>
void append_gguf_value(std::string& target, const std::vector<Item>& items) {
    append(target, std::uint32_t{9});
    append(target, gguf_number<Item>());
    append(target, std::uint64_t{items.size()});
    for (const Item& item : items) append_gguf_content(target, item);
}

void pad(std::string& target, std::size_t alignment) {
    target.resize((target.size() + alignment - 1) / alignment * alignment);
}

std::uint32_t crc32(std::string_view content) {
    std::uint32_t remainder = 0xFFFFFFFF;
    for (const char letter : content) {
        remainder ^= static_cast<unsigned char>(letter);
        for (int bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1) ^ ((remainder & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~remainder;
}

std::string zip64_extra(std::initializer_list<std::uint64_t> values) {
    std::string extra;
    append(extra, std::uint16_t{1});
    append(extra, static_cast<std::uint16_t>(8 * values.size()));
    for (const std::uint64_t value : values) append(extra, value);
    return extra;
}

// The fields that a local header and a directory entry have in common, from flags to names.
void append_zip_fields(std::string& target, std::string_view name, std::string_view content,
                       std::size_t extra_bytes, const ZipOptions& options) {
    const auto size = options.zip64 ? 0xFFFFFFFF : static_cast<std::uint32_t>(content.size());
    append(target, std::uint16_t{0x0800});
    append(target, options.method);
    append(target, std::uint32_t{0});  // time and date
    append(target, crc32(content));
    append(target, size);
    append(target, size);
    append(target, static_cast<std::uint16_t>(name.size()));
    append(target, static_cast<std::uint16_t>(extra_bytes));
}

void append_integer(std::string& pickle, std::int64_t value) {
    if (value < 256) {
        pickle += 'K';
        append(pickle, static_cast<std::uint8_t>(value));
    } else if (value < 65536) {
        pickle += 'M';
        append(pickle, static_cast<std::uint16_t>(value));
    } else {
        pickle += 'J';
        append(pickle, static_cast<std::int32_t>(value));
    }
}

void append_tuple(std::string& pickle, const std::vector<std::int64_t>& values) {
    pickle += '(';
    for (const std::int64_t value : values) append_integer(pickle, value);
    pickle += 't';
}

void append_pickle_text(std::string& pickle, std::string_view text) {
    pickle += 'X';
    append(pickle, static_cast<std::uint32_t>(text.size()));
    pickle += text;
}

}  // namespace

StoredTensor f32_tensor(std::string name, std::vector<std::int64_t> shape,
                        const std::vector<float>& values) {
    return {std::move(name), DataType::f32, std::move(shape), raw_bytes(values)};
}

StoredTensor bf16_tensor(std::string name, std::vector<std::int64_t> shape,
                         const std::vector<float>& values) {
    std::vector<std::uint16_t> upper;
    for (const float value : values)
        upper.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16));
    return {std::move(name), DataType::bf16, std::move(shape), raw_bytes(upper)};
}

std::string safetensors_bytes(std::string_view header, std::string_view data) {
    std::string bytes;
    append(bytes, std::uint64_t{header.size()});
    bytes += header;
    bytes += data;
    return bytes;
}

std::string safetensors_bytes(const std::vector<StoredTensor>& tensors, const TextMap& metadata) {
    nlohmann::json header = nlohmann::json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::string data;
    for (const StoredTensor& tensor : tensors) {
        const std::size_t begin = data.size();
        data += tensor.bytes;
        header[tensor.name] = {{"dtype", safetensors_type(tensor.type)},
                               {"shape", tensor.shape},
                               {"data_offsets", {begin, data.size()}}};
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return safetensors_bytes(text, data);
}

void write_safetensors(const std::filesystem::path& path, const std::vector<StoredTensor>& tensors,
                       const TextMap& metadata) {
    write_file(path, safetensors_bytes(tensors, metadata));
}

std::string gguf_bytes(const std::vector<StoredTensor>& tensors, const GgufMetadata& metadata,
                       const GgufOptions& options) {
    GgufMetadata values = metadata;
    if (options.alignment != 32) values.emplace_back("general.alignment", options.alignment);
    std::string bytes = "GGUF";
    append(bytes, options.version);
    append(bytes, std::uint64_t{tensors.size()});
    append(bytes, std::uint64_t{values.size()});
    for (const auto& [key, value] : values) {
        append_gguf_text(bytes, key);
        std::visit([&](const auto& content) { append_gguf_value(bytes, content); }, value);
    }
    std::string data;
    for (const StoredTensor& tensor : tensors) {
        append_gguf_text(bytes, tensor.name);
        append(bytes, static_cast<std::uint32_t>(tensor.shape.size()));
        for (auto size = tensor.shape.rbegin(); size != tensor.shape.rend(); ++size)
            append(bytes, *size);
        append(bytes, static_cast<std::uint32_t>(tensor.type));
        append(bytes, std::uint64_t{data.size()});
        data += tensor.bytes;
        pad(data, options.alignment);
    }
    if (!tensors.empty()) pad(bytes, options.alignment);
    return bytes + data;
}

void write_gguf(const std::filesystem::path& path, const std::vector<StoredTensor>& tensors,
                const GgufMetadata& metadata, const GgufOptions& options) {
    write_file(path, gguf_bytes(tensors, metadata, options));
}

std::string zip_bytes(const std::vector<std::pair<std::string, std::string>>& entries,
                      const ZipOptions& options) {
    std::string bytes;
    std::string directory;
    for (const auto& [name, content] : entries) {
        const std::uint64_t offset = bytes.size();
        append(bytes, std::uint32_t{0x04034b50});
        append(bytes, std::uint16_t{45});
        append_zip_fields(bytes, name, content, options.local_padding, options);
        bytes += name;
        bytes.append(options.local_padding, 'Z');
        bytes += content;

        const std::string extra =
            options.zip64 ? zip64_extra({content.size(), content.size(), offset}) : "";
        append(directory, std::uint32_t{0x02014b50});
        append(directory, std::uint32_t{45 << 16 | 45});
        append_zip_fields(directory, name, content, extra.size(), options);
        directory.append(10, '\0');  // comment length, disk number, attributes
        append(directory, options.zip64 ? 0xFFFFFFFF : static_cast<std::uint32_t>(offset));
        directory += name + extra;
    }
    const std::uint64_t directory_offset = bytes.size();
    bytes += directory;
    if (options.zip64) {
        const std::uint64_t record = bytes.size();
        append(bytes, std::uint32_t{0x06064b50});
        append(bytes, std::uint64_t{44});
        append(bytes, std::uint32_t{45 << 16 | 45});
        append(bytes, std::uint64_t{0});  // disk numbers
        append(bytes, std::uint64_t{entries.size()});
        append(bytes, std::uint64_t{entries.size()});
        append(bytes, std::uint64_t{directory.size()});
        append(bytes, directory_offset);
        append(bytes, std::uint32_t{0x07064b50});
        append(bytes, std::uint32_t{0});
        append(bytes, record);
        append(bytes, std::uint32_t{1});
    }
    append(bytes, std::uint32_t{0x06054b50});
    append(bytes, std::uint32_t{0});
    const auto count = static_cast<std::uint16_t>(options.zip64 ? 0xFFFF : entries.size());
    append(bytes, count);
    append(bytes, count);
    append(bytes, static_cast<std::uint32_t>(directory.size()));
    append(bytes, options.zip64 ? 0xFFFFFFFF : static_cast<std::uint32_t>(directory_offset));
    append(bytes, static_cast<std::uint16_t>(options.comment.size()));
    return bytes + options.comment;
}

std::string tensor_pickle_bytes(std::string_view storage_class,
                                const std::vector<std::int64_t>& shape) {
    const auto elements =
        std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    std::vector<std::int64_t> strides(shape.size(), 1);
    for (std::size_t axis = shape.size(); axis-- > 1;)
        strides[axis - 1] = strides[axis] * shape[axis];
    std::string pickle = "\x80\x02";
    pickle += "ctorch._utils\n_rebuild_tensor_v2\n((";
    append_pickle_text(pickle, "storage");
    pickle.append("ctorch\n").append(storage_class).append("\n");
    append_pickle_text(pickle, "0");
    append_pickle_text(pickle, "cpu");
    append_integer(pickle, elements);
    pickle += "tQ";
    append_integer(pickle, 0);
    append_tuple(pickle, shape);
    append_tuple(pickle, strides);
    pickle +=
        "\x89"
        "ccollections\nOrderedDict\n)RtR.";
    return pickle;
}

std::string torch_zip_bytes(const StoredTensor& tensor, const ZipOptions& options) {
    const char* storage_class = tensor.type == DataType::f32    ? "FloatStorage"
                                : tensor.type == DataType::f16  ? "HalfStorage"
                                : tensor.type == DataType::bf16 ? "BFloat16Storage"
                                                                : "DoubleStorage";
    return zip_bytes({{"archive/data.pkl", tensor_pickle_bytes(storage_class, tensor.shape)},
                      {"archive/byteorder", "little"},
                      {"archive/data/0", tensor.bytes},
                      {"archive/version", "3\n"}},
                     options);
}

void write_torch_zip(const std::filesystem::path& path, const StoredTensor& tensor) {
    write_file(path, torch_zip_bytes(tensor));
}

void write_file(const std::filesystem::path& path, std::string_view content) {
    std::ofstream stream(path, std::ios::binary);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!stream.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace acestep::tests
