#include "audio/reference_slices.h"

#include <algorithm>
#include <array>

#include "audio/random.h"
#include "audio/waveform.h"

namespace acestep::audio {
namespace {

constexpr std::int64_t slice_seconds = 10;
constexpr std::int64_t slice_count = 3;

}  // namespace

Waveform reference_slices(const Waveform& waveform, std::uint64_t seed) {
    require_samples(waveform, "a reference");
    const std::int64_t samples = waveform.samples();
    const std::int64_t slice = slice_seconds * waveform.sample_rate;
    const std::int64_t wanted = slice_count * slice;
    const std::int64_t repeats = std::max<std::int64_t>(1, (wanted + samples - 1) / samples);
    const std::int64_t total = repeats * samples;
    const std::int64_t third = total / slice_count;

    SplitMix64 random(seed);
    std::array<std::int64_t, slice_count> starts{};
    for (std::int64_t i = 0; i < slice_count; ++i) {
        // The last third has what the division left over.
        const std::int64_t length = i + 1 < slice_count ? third : total - i * third;
        const std::int64_t room = std::max<std::int64_t>(0, length - slice);
        starts[std::size_t(i)] = i * third + std::int64_t(random.up_to(std::uint64_t(room)));
    }

    Waveform result{waveform.sample_rate, {}};
    for (const std::vector<float>& channel : waveform.channels) {
        std::vector<float>& taken = result.channels.emplace_back();
        taken.reserve(std::size_t(wanted));
        for (const std::int64_t start : starts)
            for (std::int64_t i = start; i < start + slice; ++i)
                taken.push_back(channel[std::size_t(i % samples)]);
    }
    return result;
}

}  // namespace acestep::audio
