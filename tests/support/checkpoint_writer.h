// Checkpoints for tests, in the formats that the program reads.
//
// Every format comes as bytes, so that a test can damage them, and as a file. The writers do what
// they are told: tensors that fit neither their shape nor their type are written all the same.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "checkpoint/tensor_view.h"

namespace acestep::tests {

/// A tensor to write. `bytes` are its values as they are stored.
struct StoredTensor {
    std::string name;
    checkpoint::DataType type = checkpoint::DataType::f32;
    std::vector<std::int64_t> shape;
    std::string bytes;
};

StoredTensor f32_tensor(std::string name, std::vector<std::int64_t> shape,
                        const std::vector<float>& values);
/// The low 16 bits of the values are dropped.
StoredTensor bf16_tensor(std::string name, std::vector<std::int64_t> shape,
                         const std::vector<float>& values);

using TextMap = std::map<std::string, std::string>;
std::string safetensors_bytes(const std::vector<StoredTensor>& tensors,
                              const TextMap& metadata = {});
/// A header of any text before data of any bytes.
std::string safetensors_bytes(std::string_view header, std::string_view data);
void write_safetensors(const std::filesystem::path& path, const std::vector<StoredTensor>& tensors,
                       const TextMap& metadata = {});

/// The C++ type chooses the type in the file.
using GgufScalar =
    std::variant<bool, std::uint8_t, std::int8_t, std::uint16_t, std::int16_t, std::uint32_t,
                 std::int32_t, std::uint64_t, std::int64_t, float, double, std::string,
                 std::vector<std::int32_t>, std::vector<std::string>>;
using GgufMetadata = std::vector<std::pair<std::string, GgufScalar>>;
struct GgufOptions {
    std::uint32_t version = 3;
    std::uint32_t alignment = 32;  ///< `general.alignment` is written when it is another
};
std::string gguf_bytes(const std::vector<StoredTensor>& tensors, const GgufMetadata& metadata = {},
                       const GgufOptions& options = {});
void write_gguf(const std::filesystem::path& path, const std::vector<StoredTensor>& tensors,
                const GgufMetadata& metadata = {}, const GgufOptions& options = {});

struct ZipOptions {
    bool zip64 = false;               ///< sizes and offsets in ZIP64 fields
    std::uint16_t method = 0;         ///< as claimed; nothing is ever compressed
    std::uint16_t local_padding = 0;  ///< bytes of the local headers' extra field
    std::string comment;
};
/// Entries in order, name and content.
std::string zip_bytes(const std::vector<std::pair<std::string, std::string>>& entries,
                      const ZipOptions& options = {});

/// The pickle of one contiguous tensor as torch.save writes it. `storage_class` is a name in module
/// torch, such as "FloatStorage".
std::string tensor_pickle_bytes(std::string_view storage_class,
                                const std::vector<std::int64_t>& shape);
/// An f32, f16, bf16 or f64 tensor as torch.save writes it; its name is not stored.
std::string torch_zip_bytes(const StoredTensor& tensor, const ZipOptions& options = {});
void write_torch_zip(const std::filesystem::path& path, const StoredTensor& tensor);

void write_file(const std::filesystem::path& path, std::string_view content);
std::string read_file(const std::filesystem::path& path);

/// The values of plain numbers, as they lie in memory.
template <typename Number>
std::string raw_bytes(const std::vector<Number>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)};
}

/// A text as a reader takes it. The text has to outlive the result.
inline std::span<const std::byte> as_bytes(const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace acestep::tests
