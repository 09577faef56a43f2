// The folder's own random numbers: the same on every machine, for ever.
//
// SplitMix64 (Steele, Lea and Flood, 2014): state += 0x9E3779B97F4A7C15, then two multiply-xorshift
// rounds. The standard library's distributions may differ between implementations, and reference
// slices and dither have to be the same everywhere.
#pragma once

#include <cstdint>

namespace acestep::audio {

class SplitMix64 {
public:
    explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }

    /// Uniform in 0…limit, both included. Values that would favour small results are drawn again.
    std::uint64_t up_to(std::uint64_t limit) {
        const std::uint64_t count = limit + 1;
        if (count == 0) return next();
        const std::uint64_t surplus = (0 - count) % count;  // 2^64 mod count
        std::uint64_t value = next();
        while (value < surplus) value = next();
        return value % count;
    }

private:
    std::uint64_t state_;
};

}  // namespace acestep::audio
