// Reading little-endian values from bytes of a file, never past their end.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "checkpoint/file_error.h"

namespace acestep::checkpoint {

static_assert(std::endian::native == std::endian::little,
              "checkpoints are little-endian and are used where they lie");

class ByteReader {
public:
    /// `file` is for messages and has to outlive the reader; reading begins at `position`.
    ByteReader(std::span<const std::byte> bytes, const std::string& file, std::size_t position = 0)
        : bytes_(bytes), file_(file), position_(position) {}

    std::size_t position() const { return position_; }
    std::size_t remaining() const { return bytes_.size() - position_; }

    /// \throws Error{corrupt_file} when fewer bytes are left, as all below
    template <typename Value>
    requires std::integral<Value> || std::floating_point<Value> Value read() {
        Value value;
        std::memcpy(&value, take(sizeof(Value)).data(), sizeof(Value));
        return value;
    }

    std::span<const std::byte> take(std::uint64_t count) {
        if (count > remaining()) {
            fail_corrupt(file_, fmt::format("{} bytes are needed at byte {} where {} are left",
                                            count, position_, remaining()));
        }
        const auto taken = bytes_.subspan(position_, static_cast<std::size_t>(count));
        position_ += taken.size();
        return taken;
    }

    std::string_view take_text(std::uint64_t count) {
        const auto taken = take(count);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }

private:
    std::span<const std::byte> bytes_;
    const std::string& file_;
    std::size_t position_;
};

}  // namespace acestep::checkpoint
