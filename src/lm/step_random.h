// Random numbers for sampling that depend on nothing but where they are used.
//
// A number is a hash of the song's seed, the phase and the step, so a song does not change with the
// batch it is made in, nor with what was drawn before it. The official program's draws cannot be
// reproduced (lm.md 4.6), so none of its generators is.
#pragma once

#include <cstdint>

namespace acestep::lm {

// StepKey::phase of a song's plan.
constexpr std::uint64_t chain_of_thought_phase = 0, codes_phase = 1;

/// Where a number is used.
struct StepKey {
    std::uint64_t seed = 0;   ///< of the song: the request's seed plus its place in the batch
    std::uint64_t phase = 0;  ///< one of the above, or any number that tells phases apart
    std::uint64_t step = 0;   ///< tokens of this phase before this one
};

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014), after its increment.
constexpr std::uint64_t split_mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
}

/// A multiple of 2⁻⁵³ in [0, 1): the high bits of m(m(m(seed) + phase) + step), m being split_mix.
constexpr double uniform(const StepKey& key) {
    const std::uint64_t hash = split_mix(split_mix(split_mix(key.seed) + key.phase) + key.step);
    return static_cast<double>(hash >> 11) * 0x1p-53;
}

}  // namespace acestep::lm
