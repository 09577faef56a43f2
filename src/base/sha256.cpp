#include "base/sha256.h"

#include <algorithm>
#include <bit>

namespace acestep {
namespace {

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr std::uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t big_endian(const std::byte* bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
    return value;
}

}  // namespace

void Sha256::take_block(const std::byte* block) {
    std::uint32_t w[64];
    for (std::size_t i = 0; i < 16; ++i) w[i] = big_endian(block + 4 * i);
    for (std::size_t i = 16; i < 64; ++i) {
        const std::uint32_t before = w[i - 15], last = w[i - 2];
        const std::uint32_t s0 = std::rotr(before, 7) ^ std::rotr(before, 18) ^ before >> 3;
        const std::uint32_t s1 = std::rotr(last, 17) ^ std::rotr(last, 19) ^ last >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t i = 0; i < 64; ++i) {
        const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const std::uint32_t first = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
        const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const std::uint32_t second = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + first;
        d = c, c = b, b = a, a = first + second;
    }
    const std::uint32_t sums[] = {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < state_.size(); ++i) state_[i] += sums[i];
}

void Sha256::add(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::size_t filled = length_ % block_bytes;
        if (filled == 0 && bytes.size() >= block_bytes) {
            take_block(bytes.data());
            bytes = bytes.subspan(block_bytes);
            length_ += block_bytes;
            continue;
        }
        const std::size_t count = std::min(block_bytes - filled, bytes.size());
        std::copy_n(bytes.begin(), count, pending_.begin() + static_cast<std::ptrdiff_t>(filled));
        length_ += count;
        if (filled + count == block_bytes) take_block(pending_.data());
        bytes = bytes.subspan(count);
    }
}

std::string Sha256::finish() {
    // A single bit, zeros to 8 bytes before a whole block, the length in bits.
    const std::uint64_t bits = 8 * length_;
    std::array<std::byte, block_bytes + 8> tail{std::byte{0x80}};
    const std::size_t filled = length_ % block_bytes;
    const std::size_t zeros = (filled < 56 ? 56 : 120) - filled;
    for (std::size_t i = 0; i < 8; ++i)
        tail[zeros + i] = static_cast<std::byte>(bits >> (56 - 8 * i) & 0xFF);
    add(std::span(tail).first(zeros + 8));
    std::string hash;
    for (const std::uint32_t word : state_)
        for (int shift = 24; shift >= 0; shift -= 8)
            hash += static_cast<char>(static_cast<unsigned char>(word >> shift));
    return hash;
}

}  // namespace acestep
