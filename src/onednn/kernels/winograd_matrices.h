// Winograd's minimal filtering: m neighbouring results of a filter of r taps from m + r − 1
// products instead of m · r. With polynomials: values of the filter and of the signal at m + r − 1
// points are multiplied, and turned back into coefficients.
//
//     results = sums · ((taps · filter) ∘ (frames · signal))
//
// Every product stands for a whole sum over channels here, so the three small matrices are applied
// to rows of channels, and what is saved are matrix products. The points are 0, some ±p, and
// infinity. They decide how much of the precision is lost: those here were the best of some
// thousand sets (relative error of random filters: 2e-7 and 3e-6, where direct sums have 1e-7).
// Source: Lavin and Gray 2015, arXiv 1509.09308; Barabasz et al. 2018, arXiv 1803.10986.
//
// For the kernel files (see processor/lanes.h): internal linkage, nothing of the standard library.
#pragma once

namespace acestep::onednn {
namespace {

/// The positive points for `Results` results of `Taps` taps; their negatives, 0 and infinity belong
/// to every set.
template <int Results, int Taps>
struct WinogradPoints;

template <>
struct WinogradPoints<6, 7> {
    static constexpr double values[] = {1.0 / 3, 0.75, 1, 1.5, 2.5};
};

template <>
struct WinogradPoints<5, 2> {
    static constexpr double values[] = {0.6, 1.5};
};

/// Rows of `taps` and `frames`, and columns of `sums`, are in the order of the points: 0, then p
/// and −p for each p, then infinity. Entries of p and −p are the same in even places and opposite
/// in odd ones.
template <int Results, int Taps>
struct WinogradMatrices {
    static constexpr int points = Results + Taps - 1;
    double taps[points][Taps] = {};
    double frames[points][points] = {};
    double sums[Results][points] = {};
};

template <int Results, int Taps>
constexpr WinogradMatrices<Results, Taps> winograd_matrices() {
    WinogradMatrices<Results, Taps> result;
    constexpr int points = result.points, finite = points - 1;
    static_assert(points % 2 == 0);
    double at[finite] = {};
    for (int i = 0; i < finite / 2; ++i) {
        at[2 * i + 1] = WinogradPoints<Results, Taps>::values[i];
        at[2 * i + 2] = -at[2 * i + 1];
    }
    // The polynomial of all points, lowest coefficient first.
    double whole[points] = {1};
    for (int i = 0; i < finite; ++i)
        for (int k = i + 1; k >= 0; --k) whole[k] = (k > 0 ? whole[k - 1] : 0) - at[i] * whole[k];

    for (int i = 0; i < finite; ++i) {
        // Lagrange's polynomial of the point: without its factor, by its value there.
        double coefficient = 0, value = 0, magnitude = 0;
        for (int k = finite - 1; k >= 0; --k) {
            coefficient = whole[k + 1] + at[i] * coefficient;
            result.frames[i][k] = coefficient;
            value = value * at[i] + coefficient;
            magnitude += coefficient < 0 ? -coefficient : coefficient;
        }
        // What the frames' row is made smaller by, the taps' row is made larger by.
        for (int k = 0; k < finite; ++k) result.frames[i][k] /= magnitude;
        double power = magnitude / value;
        for (int k = 0; k < Taps; ++k, power *= at[i]) result.taps[i][k] = power;
        power = 1;
        for (int k = 0; k < Results; ++k, power *= at[i]) result.sums[k][i] = power;
    }
    double magnitude = 0;
    for (const double coefficient : whole)
        magnitude += coefficient < 0 ? -coefficient : coefficient;
    for (int k = 0; k < points; ++k) result.frames[finite][k] = whole[k] / magnitude;
    result.taps[finite][Taps - 1] = magnitude;
    result.sums[Results - 1][finite] = 1;
    return result;
}

}  // namespace
}  // namespace acestep::onednn
