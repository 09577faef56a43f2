#include "checkpoint/gguf_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <numeric>
#include <set>
#include <system_error>
#include <type_traits>

#include "acestep/error.h"
#include "base/whole_file.h"
#include "checkpoint/printable.h"

namespace acestep::checkpoint {
namespace {

constexpr std::int64_t alignment = 32;  // GGUF's when general.alignment does not say otherwise

std::int64_t padding_behind(std::int64_t bytes) {
    return (alignment - bytes % alignment) % alignment;
}

template <class Number>
void put(std::string& out, Number number) {
    out.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void put_text(std::string& out, const std::string& text) {
    put(out, std::uint64_t{text.size()});
    out += text;
}

template <class Number>
void put_number(std::string& out, GgufType type, Number number) {
    put(out, type);
    put(out, number);
}

void put_value(std::string& out, bool value) {
    put_number(out, GgufType::boolean, static_cast<std::uint8_t>(value));
}

void put_value(std::string& out, std::uint64_t value) {
    if (value <= std::numeric_limits<std::uint32_t>::max())
        put_number(out, GgufType::u32, static_cast<std::uint32_t>(value));
    else
        put_number(out, GgufType::u64, value);
}

void put_value(std::string& out, std::int64_t value) {
    if (value == static_cast<std::int32_t>(value))
        put_number(out, GgufType::i32, static_cast<std::int32_t>(value));
    else
        put_number(out, GgufType::i64, value);
}

void put_value(std::string& out, float value) {
    put_number(out, GgufType::f32, value);
}

void put_value(std::string& out, double value) {
    put_number(out, GgufType::f64, value);
}

void put_value(std::string& out, const std::string& value) {
    put(out, GgufType::text);
    put_text(out, value);
}

void put_value(std::string& out, const std::vector<std::string>& values) {
    put(out, GgufType::array);
    put(out, GgufType::text);
    put(out, std::uint64_t{values.size()});
    for (const std::string& value : values) put_text(out, value);
}

void put_value(std::string& out, const GgufArray& array) {
    put(out, GgufType::array);
    put(out, array.type);
    put(out, array.count);
    out.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
}

[[noreturn]] void fail_to_hold(const GgufTensor& tensor, const std::string& reason) {
    throw Error(ErrorCode::unsupported, fmt::format("Tensor {} cannot be written as GGUF: {}.",
                                                    printable(tensor.name), reason));
}

std::int64_t checked_bytes(const GgufTensor& tensor) {
    if (tensor.shape.size() > max_gguf_dimensions)
        fail_to_hold(tensor, fmt::format("it has {} dimensions, and {} are the most",
                                         tensor.shape.size(), max_gguf_dimensions));
    if (!ggml_type(static_cast<std::uint32_t>(tensor.type)))
        fail_to_hold(tensor, fmt::format("{} is no type of it", name(tensor.type)));
    const auto bytes = stored_bytes(tensor.type, tensor.shape);
    if (!bytes)
        fail_to_hold(tensor, fmt::format("the shape {} is impossible for {}",
                                         shape_text(tensor.shape), name(tensor.type)));
    return *bytes;
}

void add_once(std::set<std::string>& names, const std::string& name) {
    if (!names.insert(name).second)
        throw Error(ErrorCode::internal, fmt::format("{} is given twice.", printable(name)));
}

void put_tensor(std::string& out, const GgufTensor& tensor, std::int64_t offset) {
    put_text(out, tensor.name);
    put(out, static_cast<std::uint32_t>(tensor.shape.size()));
    std::for_each(tensor.shape.rbegin(), tensor.shape.rend(),
                  [&](std::int64_t size) { put(out, static_cast<std::uint64_t>(size)); });
    put(out, static_cast<std::uint32_t>(tensor.type));
    put(out, static_cast<std::uint64_t>(offset));
}

[[noreturn]] void fail_to_write(const std::filesystem::path& target, const std::string& reason,
                                const char* hint = "") {
    throw Error(ErrorCode::unavailable,
                fmt::format("{} cannot be written: {}.", target.string(), reason), hint);
}

// Streams do not say why they failed; the last system call does, if it is the one that failed.
[[noreturn]] void fail_with_system_reason(const std::filesystem::path& target) {
    const int reason = errno;
    const bool is_full = reason == ENOSPC || reason == EFBIG;
    const char* const hint = reason == ENOENT ? "Create its folder first."
                             : is_full        ? "Free some space or choose another disk."
                                              : "";
    fail_to_write(
        target,
        reason ? std::generic_category().message(reason) : std::string("the disk refused the data"),
        hint);
}

// Renaming over a device would replace the device.
void require_replaceable(const std::filesystem::path& target) {
    std::error_code unreadable;  // told by whoever creates the temporary file
    const auto status = std::filesystem::status(target, unreadable);
    if (std::filesystem::is_directory(status)) fail_to_write(target, "it is a folder");
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        fail_to_write(target, "it is a device or a pipe");
}

}  // namespace

GgufWriter::GgufWriter(const GgufItems& values, const std::vector<GgufTensor>& tensors) {
    header_ = "GGUF";
    put(header_, std::uint32_t{3});
    put(header_, std::uint64_t{tensors.size()});
    put(header_, std::uint64_t{values.size()});
    std::set<std::string> keys, names;
    for (const auto& [key, value] : values) {
        add_once(keys, key);
        put_text(header_, key);
        std::visit([&](const auto& content) { put_value(header_, content); }, value);
        if (std::holds_alternative<float>(value)) floats_[key] = header_.size() - sizeof(float);
    }
    std::int64_t offset = 0;
    for (const GgufTensor& tensor : tensors) {
        add_once(names, tensor.name);
        const std::int64_t bytes = checked_bytes(tensor);
        put_tensor(header_, tensor, offset);
        sizes_.push_back(bytes);
        offset += bytes + padding_behind(bytes);
    }
    const std::int64_t padding = padding_behind(static_cast<std::int64_t>(header_.size()));
    header_.append(static_cast<std::size_t>(padding), '\0');
}

GgufWriter::~GgufWriter() {
    if (temporary_.empty()) return;
    stream_.close();
    std::error_code ignored;  // there is nobody to tell
    std::filesystem::remove(temporary_, ignored);
}

std::int64_t GgufWriter::file_bytes() const {
    return std::accumulate(
        sizes_.begin(), sizes_.end(), static_cast<std::int64_t>(header_.size()),
        [](std::int64_t sum, std::int64_t bytes) { return sum + bytes + padding_behind(bytes); });
}

void GgufWriter::create(const std::filesystem::path& target) {
    target_ = target;
    require_replaceable(target_);
    const std::filesystem::path temporary = unfinished_name(target_.parent_path());
    errno = 0;
    stream_.open(temporary, std::ios::out | std::ios::trunc | std::ios::binary);
    if (!stream_) fail_with_system_reason(target_);
    temporary_ = temporary;
    append(std::as_bytes(std::span(header_)));
    finish_tensors();
}

void GgufWriter::append(std::span<const std::byte> bytes) {
    errno = 0;
    stream_.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
    if (!stream_) fail_with_system_reason(target_);
}

// Pads behind a tensor that is complete, and goes on to the next that is not.
void GgufWriter::finish_tensors() {
    constexpr std::array<std::byte, alignment> zeros{};
    while (tensor_ < sizes_.size() && written_ == sizes_[tensor_]) {
        append(std::span(zeros).first(static_cast<std::size_t>(padding_behind(written_))));
        ++tensor_;
        written_ = 0;
    }
}

void GgufWriter::write(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const auto size = static_cast<std::int64_t>(bytes.size());
    if (tensor_ == sizes_.size() || size > sizes_[tensor_] - written_) {
        throw Error(
            ErrorCode::internal,
            fmt::format("More data than its tensors have was written to {}.", target_.string()));
    }
    append(bytes);
    written_ += size;
    finish_tensors();
}

const std::filesystem::path& GgufWriter::finish() {
    if (tensor_ != sizes_.size()) {
        throw Error(ErrorCode::internal, fmt::format("Data of {} tensors was not written to {}.",
                                                     sizes_.size() - tensor_, target_.string()));
    }
    if (!stream_.is_open()) return temporary_;
    errno = 0;
    stream_.close();
    if (!stream_) fail_with_system_reason(target_);
    return temporary_;
}

void GgufWriter::replace(const std::string& key, float value) {
    const auto place = floats_.find(key);
    if (place == floats_.end()) {
        throw Error(ErrorCode::internal, fmt::format("{} has no number {} to be replaced.",
                                                     target_.string(), printable(key)));
    }
    errno = 0;
    std::fstream file(temporary_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(place->second));
    file.write(reinterpret_cast<const char*>(&value), sizeof value);
    file.close();
    if (!file) fail_with_system_reason(target_);
}

void GgufWriter::commit() {
    finish();
    std::error_code failure;
    std::filesystem::rename(temporary_, target_, failure);
    if (failure) fail_to_write(target_, failure.message());
    temporary_.clear();
}

}  // namespace acestep::checkpoint
