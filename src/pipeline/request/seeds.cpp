#include "pipeline/request/seeds.h"

#include <charconv>
#include <cmath>
#include <memory>
#include <random>

#include <fmt/format.h>

#include "acestep/error.h"
#include "base/ascii.h"
#include "base/comma_list.h"
#include "pipeline/request/message_text.h"

namespace acestep::pipeline {
namespace {

std::int64_t seed_from_text(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const char* const end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [stop, error] = std::from_chars(text.data(), end, whole);
        error == std::errc() && stop == end)
        return whole < 0 ? random_seed : whole;
    double number = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool is_number = stop == end && !text.empty() && !std::isnan(number);
    if (!is_number || (error == std::errc() && number < 0)) return random_seed;
    constexpr double limit = 9223372036854775808.0;  // 2^63
    if (error != std::errc() || number >= limit)
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("seeds has {}; a seed must be from 0 to 2^63 - 1.", in_quotes(text)));
    return static_cast<std::int64_t>(number);
}

// `seed` + `offset`, staying among the 32-bit seeds when it is one of them, else among the 63-bit.
std::int64_t later_seed(std::int64_t seed, int offset) {
    const bool is_32_bit = seed >> 32 == 0;
    const std::uint64_t mask = is_32_bit ? 0xFFFF'FFFFu : 0x7FFF'FFFF'FFFF'FFFFu;
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(seed) + offset) & mask);
}

}  // namespace

RandomSource system_random() {
    // A std::function must be copyable, a random_device is not.
    return [device = std::make_shared<std::random_device>()] {
        return static_cast<std::uint32_t>((*device)());
    };
}

std::vector<std::int64_t> seeds_from_text(std::string_view text) {
    std::vector<std::int64_t> seeds;
    if (trimmed(text).empty()) return seeds;
    for (const std::string_view part : split_at_commas(text))
        seeds.push_back(seed_from_text(trimmed(part)));
    return seeds;
}

std::vector<std::int64_t> seeds_for_songs(const std::vector<std::int64_t>& requested, int songs,
                                          const RandomSource& random) {
    const auto entry = [&](std::size_t i) {
        const bool given = i < requested.size() && requested[i] >= 0;
        return given ? requested[i] : std::int64_t{random()};
    };
    std::vector<std::int64_t> seeds;
    for (int song = 0; song < songs; ++song) {
        const bool follows_first = song > 0 && requested.size() == 1;
        seeds.push_back(follows_first ? later_seed(seeds[0], song)
                                      : entry(static_cast<std::size_t>(song)));
    }
    return seeds;
}

}  // namespace acestep::pipeline
