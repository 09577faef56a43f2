#include "diffusion/cephes_math.h"

#include <cmath>
#include <initializer_list>

namespace acestep::diffusion {
namespace {

/// Horner's rule, highest power first, each step rounded once.
float polynomial(float x, std::initializer_list<float> coefficients) {
    float sum = 0;
    for (const float coefficient : coefficients) sum = std::fma(sum, x, coefficient);
    return sum;
}

}  // namespace

float cephes_log(float x) {
    int exponent = 0;
    float mantissa = std::frexp(x, &exponent);
    if (mantissa < 0.70710678f) {
        mantissa *= 2;
        --exponent;
    }
    const auto e = static_cast<float>(exponent);
    const float t = mantissa - 1.0f;
    const float z = t * t;
    float y = t * polynomial(t, {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
                                 -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
                                 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f});
    y = std::fma(y, z, e * -2.12194440e-4f);
    y = std::fma(-z, 0.5f, y);
    return std::fma(e, 0.693359375f, t + y);
}

SineCosine cephes_sine_cosine(float x) {
    // Octant, rounded up to an even one; then x minus octant·π/4, with π/4 in three parts.
    const int octant = (static_cast<int>(x * 1.27323954473516f) + 1) & ~1;
    for (const float part : {-0.78515625f, -2.4187564849853515625e-4f, -3.77489497744594108e-8f}) {
        x = std::fma(static_cast<float>(octant), part, x);
    }
    const float z = x * x;
    const float even =
        1.0f + std::fma(z * polynomial(z, {2.443315711809948e-5f, -1.388731625493765e-3f,
                                           4.166664568298827e-2f}),
                        z, -0.5f * z);
    const float odd =
        std::fma(z * polynomial(z, {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f}), x, x);
    const bool exchanged = octant & 2;
    const float sine = exchanged ? even : odd;
    const float cosine = exchanged ? odd : even;
    return {octant & 4 ? -sine : sine, (octant + 2) & 4 ? -cosine : cosine};
}

}  // namespace acestep::diffusion
