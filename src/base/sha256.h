// SHA-256 of bytes that come in pieces. Source: FIPS 180-4.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace acestep {

class Sha256 {
public:
    void add(std::span<const std::byte> bytes);
    /// The 32 bytes of everything added. Call once, last.
    std::string finish();

private:
    static constexpr std::size_t block_bytes = 64;
    void take_block(const std::byte* block);

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::byte, block_bytes> pending_{};
    std::uint64_t length_ = 0;  ///< bytes so far
};

}  // namespace acestep
