#include "models/convolution_weights.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

namespace acestep::models {
namespace {

using runtime::Shape;
using runtime::TakePiece;
using runtime::WeightReader;
using runtime::WeightRole;

/// Names under which the magnitude and the direction of a normed weight are stored.
struct NormedNames {
    std::string magnitude, direction;
};

NormedNames normed_names(const std::string& name, bool parametrized) {
    return parametrized ? NormedNames{name + ".parametrizations.weight.original0",
                                      name + ".parametrizations.weight.original1"}
                        : NormedNames{name + ".weight_g", name + ".weight_v"};
}

/// Fails now rather than when loading if the weight is missing in every form.
void require_weight(const runtime::WeightSet& weights, const std::string& name,
                    const Shape& shape) {
    if (weights.has(name + ".weight")) {
        weights.require(name + ".weight", shape);
        return;
    }
    const NormedNames names =
        normed_names(name, weights.has(name + ".parametrizations.weight.original1"));
    weights.require(names.magnitude, {shape[0], 1, 1});
    weights.require(names.direction, shape);
}

double sum_of_squares(std::span<const float> values) {
    // Several sums, so that an addition need not wait for the one before.
    std::array<double, 8> sums{};
    std::size_t i = 0;
    for (; i + sums.size() <= values.size(); i += sums.size())
        for (std::size_t j = 0; j < sums.size(); ++j)
            sums[j] += double(values[i + j]) * double(values[i + j]);
    double total = 0;
    for (; i < values.size(); ++i) total += double(values[i]) * double(values[i]);
    for (const double sum : sums) total += sum;
    return total;
}

/// A weight as it is stored, folded if it is normed.
class StoredWeight {
public:
    StoredWeight(const WeightReader& reader, const std::string& name, const Shape& shape) {
        if (reader.has(name + ".weight")) {
            slices_ = reader.slices(name + ".weight", shape);
            return;
        }
        const NormedNames names =
            normed_names(name, reader.has(name + ".parametrizations.weight.original1"));
        magnitudes_ = reader.read(names.magnitude, {shape[0], 1, 1}).values;
        slices_ = reader.slices(names.direction, shape);
    }

    /// What has this index in dimension 0.
    void read(std::int64_t index, std::span<float> values) const {
        slices_(index, values);
        if (magnitudes_.empty()) return;
        const auto factor = static_cast<float>(magnitudes_[static_cast<std::size_t>(index)] /
                                               std::sqrt(sum_of_squares(values)));
        for (float& value : values) value *= factor;
    }

private:
    runtime::ReadSlice slices_;
    std::vector<float> magnitudes_;
};

/// Rows `first` … `end` − 1 of `[out, in, K]` → `[out, K · in]`.
void make_kernel_major(const StoredWeight& weight, const Shape& shape, std::int64_t first,
                       std::int64_t end, const TakePiece& take) {
    const auto in = static_cast<std::size_t>(shape[1]), kernel = static_cast<std::size_t>(shape[2]);
    std::vector<float> values(in * kernel), row(in * kernel);
    for (std::int64_t o = first; o < end; ++o) {
        weight.read(o, values);
        for (std::size_t k = 0; k < kernel; ++k)
            for (std::size_t c = 0; c < in; ++c) row[k * in + c] = values[c * kernel + k];
        take(o, 0, row);
    }
}

/// Columns of channels `first` … `end` − 1 of `[in, out, 2 · stride]` → `[stride · out, 2 · in]`.
void make_polyphase(const StoredWeight& weight, const Shape& shape, std::int64_t first,
                    std::int64_t end, const TakePiece& take) {
    const std::int64_t in = shape[0], out = shape[1], kernel = shape[2], stride = kernel / 2;
    // So many channels at a time that pieces of 16 bits are whole lines of a cache. What lies
    // between slices keeps them from falling on the same lines.
    constexpr std::int64_t block = 32, gap = 16;
    const auto size = static_cast<std::size_t>(out * kernel), apart = size + gap;
    std::vector<float> slices(apart * block);
    std::array<float, block> piece;
    for (; first < end; first += block) {
        const auto count = static_cast<std::size_t>(std::min(block, end - first));
        for (std::size_t i = 0; i < count; ++i)
            weight.read(first + static_cast<std::int64_t>(i),
                        std::span(slices).subspan(i * apart, size));
        for (std::int64_t o = 0; o < out; ++o) {
            for (std::int64_t k = 0; k < kernel; ++k) {
                const auto at = static_cast<std::size_t>(o * kernel + k);
                for (std::size_t i = 0; i < count; ++i) piece[i] = slices[i * apart + at];
                const std::int64_t before = k < stride ? 1 : 0;
                take(k % stride * out + o, before * in + first, std::span(piece).first(count));
            }
        }
    }
}

/// A matrix of `rows`, made in parts of `step` indices of dimension 0 by `make`.
template <typename Make>
ggml_tensor* declare(runtime::WeightSet& weights, const std::string& name, const Shape& stored,
                     const Shape& shape, std::int64_t step, const Make& make) {
    require_weight(weights, name, stored);
    const std::int64_t parts = (stored[0] + step - 1) / step;
    return weights.computed_in_parts(
        name + ".weight", shape, WeightRole::matrix, parts,
        [=](const WeightReader& reader, std::int64_t part, const TakePiece& take) {
            const StoredWeight weight(reader, name, stored);
            make(weight, stored, part * step, std::min(stored[0], (part + 1) * step), take);
        });
}

}  // namespace

ggml_tensor* declare_kernel_major(runtime::WeightSet& weights, const std::string& name,
                                  const Shape& stored) {
    constexpr std::int64_t rows = 16;
    return declare(weights, name, stored, {stored[0], stored[2] * stored[1]}, rows,
                   make_kernel_major);
}

ggml_tensor* declare_polyphase(runtime::WeightSet& weights, const std::string& name,
                               const Shape& stored) {
    constexpr std::int64_t channels = 128;
    return declare(weights, name, stored, {stored[2] / 2 * stored[1], 2 * stored[0]}, channels,
                   make_polyphase);
}

}  // namespace acestep::models
