#include "diffusion/guidance.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "diffusion/array_math.h"

namespace acestep::diffusion {
namespace {

constexpr float projected_momentum = -0.75f;
constexpr double projected_length_limit = 2.5;
constexpr double angle_limit = 3.14 / 6;  // sic: 3.14, not π
constexpr float smallest_angle_t = 1e-4f;

/// Adds every row's squares to `sums`, one sum for each channel.
void add_squares(std::span<const float> row, std::vector<double>& sums) {
    for (std::size_t c = 0; c < row.size(); ++c) sums[c] += double(row[c]) * double(row[c]);
}

/// APG of one item; all spans are `[T, C]` with C = `channels`.
void project(std::span<float> conditional, std::span<const float> unconditional,
             std::span<float> momentum, std::size_t channels, float strength) {
    const std::size_t size = conditional.size();
    std::vector<double> momentum_squares(channels), conditional_squares(channels);
    for (std::size_t begin = 0; begin < size; begin += channels) {
        for (std::size_t k = begin; k < begin + channels; ++k) {
            momentum[k] = (conditional[k] - unconditional[k]) + projected_momentum * momentum[k];
        }
        add_squares(momentum.subspan(begin, channels), momentum_squares);
        add_squares(conditional.subspan(begin, channels), conditional_squares);
    }

    std::vector<float> limit(channels);     // factor that shortens the difference
    std::vector<double> to_unit(channels);  // factor that makes the conditional velocity a unit
    for (std::size_t c = 0; c < channels; ++c) {
        const double length = std::sqrt(momentum_squares[c]);
        limit[c] = static_cast<float>(std::min(1.0, projected_length_limit / (length + 1e-8)));
        to_unit[c] = 1 / std::max(std::sqrt(conditional_squares[c]), 1e-12);
    }

    const auto difference = [&](std::size_t k, std::size_t c) {
        return double(momentum[k] * limit[c]);
    };
    const auto unit = [&](std::size_t k, std::size_t c) { return conditional[k] * to_unit[c]; };
    std::vector<double> along(channels);  // product of difference and unit
    for (std::size_t begin = 0; begin < size; begin += channels) {
        for (std::size_t c = 0; c < channels; ++c) {
            along[c] += difference(begin + c, c) * unit(begin + c, c);
        }
    }
    for (std::size_t begin = 0; begin < size; begin += channels) {
        for (std::size_t c = 0; c < channels; ++c) {
            const std::size_t k = begin + c;
            const auto across = static_cast<float>(difference(k, c) - along[c] * unit(k, c));
            conditional[k] += strength * across;
        }
    }
}

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
    return sum;
}

/// How far to turn: the clean estimate of a frame becomes `keep`·a + `turn`·(part of a − b across
/// b).
struct Turn {
    double keep, turn;
};

Turn turn_for(double cosine, double weight) {
    const double angle = std::acos(std::clamp(cosine, -1.0, 1.0));
    const double turned = std::clamp(weight * angle, -angle_limit, angle_limit);
    const double sine = std::sin(angle);
    // Nearly parallel estimates: the quotient of the sines tends to the quotient of the angles.
    return {std::cos(turned), sine > 1e-3 ? std::sin(turned) / sine : weight};
}

}  // namespace

void ProjectedGuidance::apply(Array& conditional, const Array& unconditional,
                              double guidance_scale) {
    require_same_shape("unconditional velocity", unconditional, conditional);
    if (momentum_.shape != conditional.shape) momentum_ = Array(conditional.shape);
    const auto channels = static_cast<std::size_t>(conditional.dim(2));
    const auto strength = static_cast<float>(guidance_scale - 1);
    for (std::int64_t item = 0; item < conditional.dim(0); ++item) {
        project(conditional.slice(item), unconditional.slice(item), momentum_.slice(item), channels,
                strength);
    }
}

void apply_angle_guidance(Array& conditional, const Array& unconditional, const Array& x, float t,
                          double guidance_scale) {
    if (t < smallest_angle_t)
        return apply_plain_guidance(conditional, unconditional, guidance_scale);
    require_same_shape("unconditional velocity", unconditional, conditional);
    const auto channels = static_cast<std::size_t>(conditional.dim(2));
    const double weight = std::max(guidance_scale - 1, 0.0) + 1e-3;
    std::vector<double> a(channels), b(channels), delta(channels);
    for (std::size_t begin = 0; begin < conditional.values.size(); begin += channels) {
        for (std::size_t c = 0; c < channels; ++c) {
            a[c] = x.values[begin + c] - double(t) * conditional.values[begin + c];
            b[c] = x.values[begin + c] - double(t) * unconditional.values[begin + c];
            delta[c] = a[c] - b[c];
        }
        const double lengths = std::sqrt(dot(a, a) * dot(b, b));
        // A silent estimate has no direction; like the official code, treat it as a right angle.
        const auto [keep, turn] = turn_for(lengths > 0 ? dot(a, b) / lengths : 0.0, weight);
        const double along = dot(delta, b) / (dot(b, b) + 1e-8);
        for (std::size_t c = 0; c < channels; ++c) {
            const double estimate = keep * a[c] + turn * (delta[c] - along * b[c]);
            conditional.values[begin + c] =
                static_cast<float>((x.values[begin + c] - estimate) / double(t));
        }
    }
}

void apply_plain_guidance(Array& conditional, const Array& unconditional, double guidance_scale) {
    require_same_shape("unconditional velocity", unconditional, conditional);
    const auto scale = static_cast<float>(guidance_scale);
    for (std::size_t k = 0; k < conditional.values.size(); ++k) {
        const float free = unconditional.values[k];
        conditional.values[k] = free + scale * (conditional.values[k] - free);
    }
}

}  // namespace acestep::diffusion
