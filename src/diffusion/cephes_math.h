// Float logarithm, sine and cosine exactly as PyTorch's vectorised CPU kernels compute them.
//
// The kernels follow the Cephes library's single precision polynomials with fused multiply-adds.
// A correctly rounded result would differ in the last bits of about one noise value in six, so the
// noise of a seed is only reproduced to the bit with these. Source: spec dit.md 6.8.
#pragma once

namespace acestep::diffusion {

/// Natural logarithm of a normal number above 0.
float cephes_log(float x);

struct SineCosine {
    float sine, cosine;
};

/// Both for 0 ≤ x ≤ 2π.
SineCosine cephes_sine_cosine(float x);

}  // namespace acestep::diffusion
