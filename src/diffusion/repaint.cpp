#include "diffusion/repaint.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "acestep/error.h"
#include "diffusion/array_math.h"
#include "diffusion/cover_noise.h"
#include "diffusion/field_check.h"

namespace acestep::diffusion {
namespace {

constexpr int most_crossfade_frames = 25;
constexpr double most_waveform_crossfade_seconds = 0.05;

/// Python's round: halves to the even number.
int rounded(double value) {
    return static_cast<int>(std::nearbyint(value));
}

/// The measures of conservative repainting, scaled by `keep`.
RepaintQuality keeping(double keep) {
    return {.injection_ratio = keep,
            .crossfade_frames = rounded(most_crossfade_frames * keep),
            .waveform_crossfade_seconds = most_waveform_crossfade_seconds * keep,
            .splice = true};
}

}  // namespace

RepaintQuality repaint_quality(std::string_view repaint_mode, double repaint_strength) {
    if (std::isnan(repaint_strength)) require_between("repaint_strength", repaint_strength, 0, 1);
    if (repaint_mode == "conservative") return keeping(1);
    if (repaint_mode == "balanced") return keeping(1 - std::clamp(repaint_strength, 0.0, 1.0));
    if (repaint_mode == "aggressive") {
        return {.injection_ratio = 0,
                .crossfade_frames = 0,
                .waveform_crossfade_seconds = 0,
                .splice = false};
    }
    throw Error(ErrorCode::invalid_request,
                fmt::format("repaint_mode is \"{}\"; known: conservative, balanced, aggressive.",
                            repaint_mode));
}

int injected_steps(double injection_ratio, int steps) {
    return rounded(injection_ratio * steps);
}

void inject(Array& x, const Repaint& repaint, const Array& noise, float t) {
    const auto channels = static_cast<std::size_t>(x.dim(2));
    for (std::size_t frame = 0; frame < repaint.mask.values.size(); ++frame) {
        if (repaint.mask.values[frame] != 0) continue;
        const auto row = [&](auto& values) {
            return std::span(values).subspan(frame * channels, channels);
        };
        noise_to_level(row(x.values), t, row(noise.values), row(repaint.clean_src_latents.values));
    }
}

std::vector<float> soft_mask(std::span<const float> mask, int crossfade_frames) {
    std::vector<float> soft(mask.size());
    std::transform(mask.begin(), mask.end(), soft.begin(),
                   [](float value) { return value != 0 ? 1.0f : 0.0f; });
    const auto first = std::find(soft.begin(), soft.end(), 1.0f);
    if (first == soft.end()) return soft;
    const auto last = std::find(soft.rbegin(), soft.rend(), 1.0f);

    // Ramps exclude both end points: k frames rise by 1/(k+1).
    const auto left = first - soft.begin();
    const auto right = soft.rend() - last;
    const auto end = static_cast<std::ptrdiff_t>(soft.size());
    const auto left_frames = std::min<std::ptrdiff_t>(crossfade_frames, left);
    const auto right_frames = std::min<std::ptrdiff_t>(crossfade_frames, end - right);
    for (std::ptrdiff_t k = 1; k <= left_frames; ++k) {
        soft[left - k] = static_cast<float>(1 - double(k) / double(left_frames + 1));
    }
    for (std::ptrdiff_t k = 1; k <= right_frames; ++k) {
        soft[right + k - 1] = static_cast<float>(1 - double(k) / double(right_frames + 1));
    }
    return soft;
}

void blend_boundary(Array& x, const Repaint& repaint) {
    const auto channels = static_cast<std::size_t>(x.dim(2));
    for (std::int64_t item = 0; item < x.dim(0); ++item) {
        const std::vector<float> soft =
            soft_mask(repaint.mask.slice(item), repaint.crossfade_frames);
        for (std::size_t frame = 0; frame < soft.size(); ++frame) {
            const auto row = x.slice(item).subspan(frame * channels, channels);
            const auto source =
                repaint.clean_src_latents.slice(item).subspan(frame * channels, channels);
            if (soft[frame] == 0) {
                std::copy(source.begin(), source.end(), row.begin());
            } else if (soft[frame] != 1) {
                combine(row, soft[frame], row, 1 - soft[frame], source);
            }
        }
    }
}

}  // namespace acestep::diffusion
