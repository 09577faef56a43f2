// From the seeds of a request to one seed for every song.
// Source: spec pipeline.md 7.1, 7.2; golden pipeline_seeds.json.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace acestep::pipeline {

/// "Draw one": what a random seed is written as.
inline constexpr std::int64_t random_seed = -1;

/// Gives a number in 0…2^32−1 at every call.
using RandomSource = std::function<std::uint32_t()>;

/// The operating system's random numbers.
RandomSource system_random();

/// The official text form: numbers between commas, fractions cut off; what is blank, negative or
/// no number is random ("7,,x,-1" has one seed that is not). Blank text is an empty list.
/// \throws Error{invalid_request} for a number of 2^63 or more.
std::vector<std::int64_t> seeds_from_text(std::string_view text);

/// One seed, none of them random any more, for each of `songs` songs. Drawn once, here: what is
/// reported is what is used.
///   - no seeds: all drawn;
///   - one seed s: s, s + 1, s + 2, … (official programs draw the others at random, so a batch
///     could not be repeated), starting again at 0 behind the last 32-bit seed; −1 draws s;
///   - more: song i has entry i; entries of −1 and missing ones are drawn; surplus ones unused.
std::vector<std::int64_t> seeds_for_songs(const std::vector<std::int64_t>& requested, int songs,
                                          const RandomSource& random);

}  // namespace acestep::pipeline
