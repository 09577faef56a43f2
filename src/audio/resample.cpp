#include "audio/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

#include "acestep/error.h"
#include "audio/waveform.h"

namespace acestep::audio {
namespace {

constexpr int zero_crossings = 6;
constexpr double roll_off = 0.99;
// Sums that are kept apart, so that the compiler may add them in one vector register.
constexpr int lanes = 8;

/// The filter for one pair of rates.
struct Kernel {
    int from = 1, to = 1;  ///< the rates without their common factor
    int padding = 0;       ///< input samples that the first output needs before the beginning
    int taps = 0;          ///< values of a row, a multiple of `lanes`
    /// Per row: its first tap's distance from the beginning of the block, counted in the padded
    /// input.
    std::vector<int> first;
    std::vector<float> weights;  ///< `[to, taps]`
};

Kernel make_kernel(int from_rate, int to_rate) {
    Kernel kernel;
    const int common = std::gcd(from_rate, to_rate);
    kernel.from = from_rate / common;
    kernel.to = to_rate / common;
    const double from = kernel.from, to = kernel.to;
    const double base = roll_off * std::min(from, to);
    const double reach = zero_crossings * from / base;  // in input samples, to each side
    kernel.padding = int(std::ceil(reach));
    kernel.taps = (int(2 * reach) + 1 + lanes - 1) / lanes * lanes;
    kernel.weights.reserve(std::size_t(kernel.to) * std::size_t(kernel.taps));
    for (int phase = 0; phase < kernel.to; ++phase) {
        const int first = int(std::ceil(phase * from / to - reach));
        kernel.first.push_back(first + kernel.padding);
        for (int tap = first; tap < first + kernel.taps; ++tap) {
            // At the limits the window is 0 to far below the smallest float: taps that only fill
            // the last lanes up get a weight of exactly 0.
            const double u = std::clamp(base * (tap / from - phase / to), -double(zero_crossings),
                                        double(zero_crossings));
            const double angle = std::numbers::pi * u;
            const double sinc = angle == 0 ? 1 : std::sin(angle) / angle;
            const double window = std::cos(angle / (2 * zero_crossings));
            kernel.weights.push_back(float(base / from * sinc * window * window));
        }
    }
    return kernel;
}

float dot(const float* a, const float* b, int count) {
    std::array<float, lanes> sums{};
    for (int i = 0; i < count; i += lanes)
        for (int lane = 0; lane < lanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
    return std::accumulate(sums.begin(), sums.end(), 0.0f);
}

std::vector<float> apply(const Kernel& kernel, const std::vector<float>& input) {
    const std::int64_t samples = std::int64_t(input.size());
    const std::int64_t length = (samples * kernel.to + kernel.from - 1) / kernel.from;
    std::vector<float> padded(std::size_t(samples + 2 * kernel.padding + kernel.from + lanes));
    std::copy(input.begin(), input.end(), padded.begin() + kernel.padding);

    std::vector<float> output;
    output.reserve(std::size_t(length));
    for (const float* block = padded.data(); std::int64_t(output.size()) < length;
         block += kernel.from) {
        const int phases =
            int(std::min<std::int64_t>(kernel.to, length - std::int64_t(output.size())));
        const float* row = kernel.weights.data();
        for (int phase = 0; phase < phases; ++phase, row += kernel.taps)
            output.push_back(dot(block + kernel.first[std::size_t(phase)], row, kernel.taps));
    }
    return output;
}

}  // namespace

Waveform resample(const Waveform& waveform, int sample_rate) {
    require_samples(waveform, "resampled");
    if (sample_rate < lowest_sample_rate || sample_rate > highest_sample_rate) {
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("A waveform cannot be resampled to {} Hz; {} to {} Hz are possible.",
                        sample_rate, lowest_sample_rate, highest_sample_rate));
    }
    if (waveform.sample_rate == sample_rate) return waveform;
    const Kernel kernel = make_kernel(waveform.sample_rate, sample_rate);
    Waveform result{sample_rate, {}};
    for (const std::vector<float>& channel : waveform.channels)
        result.channels.push_back(apply(kernel, channel));
    return result;
}

}  // namespace acestep::audio
