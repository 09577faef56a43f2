// Repainting: making a region anew and keeping what is outside of it.
//
// Two measures hold the outside in place. During the first steps it is overwritten with the source
// at the noise level of the step (injection), so that the network always sees the true
// surroundings. After the last step it is replaced by the source itself, with ramps at the region's
// edges (cross-fade). Source: spec dit.md 6.9, pipeline.md 5.8.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/array.h"

namespace acestep::diffusion {

/// What repaint_mode and repaint_strength stand for.
struct RepaintQuality {
    /// Share of the steps with injection.
    double injection_ratio = 0.5;
    /// Longest ramp at each edge in latent frames; 0: the outside stays as generated.
    int crossfade_frames = 12;
    /// Longest ramp at each edge of the waveform.
    double waveform_crossfade_seconds = 0.025;
    /// Whether the source's samples are put back into the waveform.
    bool splice = true;
};

/// "conservative": keep as much as possible; "aggressive": no measures; "balanced": between the
/// two, from strength 0 (as conservative) to 1. A strength outside 0…1 counts as the nearer end.
/// \throws Error{invalid_request} for another mode or a strength that is not a number.
RepaintQuality repaint_quality(std::string_view repaint_mode, double repaint_strength);

struct Repaint {
    Array mask;               ///< `[B, T]`; not 0: make anew, 0: keep
    Array clean_src_latents;  ///< `[B, T, C]`, with the region not silenced
    double injection_ratio = 0.5;
    int crossfade_frames = 10;
};

/// How many steps of a run have injection: ratio · steps, halves to the even number.
int injected_steps(double injection_ratio, int steps);

/// Overwrites the frames of x outside the region with the source at noise level t, made with the
/// initial noise. All `[B, T, C]`.
void inject(Array& x, const Repaint& repaint, const Array& noise, float t);

/// One weight for each frame of a mask row: 1 inside the region, ramps of up to `crossfade_frames`
/// outside of its edges, 0 elsewhere. The region is what lies between the first and the last frame
/// that is not 0. No ramps for a mask without an edge.
std::vector<float> soft_mask(std::span<const float> mask, int crossfade_frames);

/// x ← m·x + (1−m)·source with the soft mask m. Where m is 0 the result is exactly the source, also
/// when x is not finite there.
void blend_boundary(Array& x, const Repaint& repaint);

}  // namespace acestep::diffusion
