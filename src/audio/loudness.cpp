#include "audio/loudness.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <ebur128.h>
#include <fmt/format.h>

#include "acestep/error.h"
#include "audio/gain.h"
#include "audio/waveform.h"

namespace acestep {
namespace {

struct CloseMeter {
    void operator()(ebur128_state* state) const { ebur128_destroy(&state); }
};
using Meter = std::unique_ptr<ebur128_state, CloseMeter>;

[[noreturn]] void out_of_memory() {
    throw Error(ErrorCode::out_of_memory, "There is not enough memory to measure the loudness.");
}

}  // namespace

Loudness measure_loudness(const Waveform& waveform) {
    audio::require_samples(waveform, "measured");
    const std::size_t channels = waveform.channels.size();
    const Meter meter(ebur128_init(
        unsigned(channels), static_cast<unsigned long>(waveform.sample_rate), EBUR128_MODE_I));
    if (!meter) out_of_memory();

    constexpr std::int64_t block_samples = 4096;
    std::vector<float> interleaved;
    for (std::int64_t start = 0; start < waveform.samples(); start += block_samples) {
        const std::int64_t end = std::min(start + block_samples, waveform.samples());
        interleaved.clear();
        for (std::int64_t i = start; i < end; ++i)
            for (const std::vector<float>& channel : waveform.channels)
                interleaved.push_back(channel[std::size_t(i)]);
        if (ebur128_add_frames_float(meter.get(), interleaved.data(), std::size_t(end - start)))
            out_of_memory();
    }

    Loudness result;
    // −infinity comes back for silence and for less than one 400 ms block.
    if (ebur128_loudness_global(meter.get(), &result.integrated_lufs)) out_of_memory();
    result.peak_db = 20 * std::log10(double(audio::peak(waveform)));
    return result;
}

namespace audio {

Loudness normalise_loudness(Waveform& waveform, double target_lufs) {
    if (!(target_lufs >= -70 && target_lufs <= 0)) {
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("loudness_lufs is {}; it has to be between -70 and 0.", target_lufs));
    }
    const Loudness before = measure_loudness(waveform);
    if (!std::isfinite(before.integrated_lufs)) return before;
    const float highest = peak(waveform);
    const float ceiling = float(std::pow(10.0, loudness_ceiling_db / 20));
    float gain = std::min(float(std::pow(10.0, (target_lufs - before.integrated_lufs) / 20)),
                          ceiling / highest);
    // The quotient may be rounded up; the ceiling is to hold exactly.
    while (gain * highest > ceiling) gain = std::nextafter(gain, 0.0f);
    apply_gain(waveform, gain);
    return measure_loudness(waveform);
}

}  // namespace audio
}  // namespace acestep
