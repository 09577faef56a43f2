// Signals whose numbers are known, and how to find those numbers again in what came out.
#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <vector>

#include "acestep/audio.h"

namespace acestep::tests {

inline std::vector<float> sine(double frequency, int sample_rate, std::int64_t samples,
                               double amplitude = 0.5) {
    std::vector<float> result;
    for (std::int64_t i = 0; i < samples; ++i) {
        result.push_back(float(
            amplitude * std::sin(2 * std::numbers::pi * frequency * double(i) / sample_rate)));
    }
    return result;
}

/// 440 Hz on the left, 1000 Hz on the right, amplitude 0.5.
inline Waveform two_tones(int sample_rate, std::int64_t samples) {
    return {sample_rate, {sine(440, sample_rate, samples), sine(1000, sample_rate, samples)}};
}

/// Amplitude of the component at `frequency`, from samples `start` to `end`: one bin of a Fourier
/// transform under a Hann window.
inline double amplitude_at(const std::vector<float>& samples, double frequency, int sample_rate,
                           std::size_t start, std::size_t end) {
    std::complex<double> sum = 0;
    double weight = 0;
    for (std::size_t i = start; i < end; ++i) {
        const double turn = 2 * std::numbers::pi;
        const double window =
            0.5 - 0.5 * std::cos(turn * (double(i - start) + 0.5) / double(end - start));
        sum += window * double(samples[i]) *
               std::polar(1.0, -turn * frequency * double(i) / sample_rate);
        weight += window;
    }
    return 2 * std::abs(sum) / weight;
}

/// RMS of what is left when the best fitting sine of that frequency is taken away.
inline double residue(const std::vector<float>& samples, double frequency, int sample_rate,
                      std::size_t start, std::size_t end) {
    double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0, xx = 0;
    for (std::size_t i = start; i < end; ++i) {
        const double angle = 2 * std::numbers::pi * frequency * double(i) / sample_rate;
        const double s = std::sin(angle), c = std::cos(angle), x = samples[i];
        ss += s * s, cc += c * c, sc += s * c, xs += x * s, xc += x * c, xx += x * x;
    }
    const double determinant = ss * cc - sc * sc;
    const double a = (xs * cc - xc * sc) / determinant, b = (xc * ss - xs * sc) / determinant;
    return std::sqrt(std::max(0.0, xx - a * xs - b * xc) / double(end - start));
}

}  // namespace acestep::tests
