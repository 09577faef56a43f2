// How the rows of a matrix are read: in steps of 32 columns, each widened into parts, which are
// registers of `lanes` numbers (see lanes.h for who may include this).
//
// A format chooses which columns a part has, by what is cheapest to widen; the vectors are brought
// into the same order before.
#pragma once

#include "processor/kernels.h"
#include "processor/lanes.h"
#include "processor/stored_numbers.h"

namespace acestep::processor {
namespace {

constexpr int step_columns = 32;
constexpr int step_parts = step_columns / lanes;

/// Numbers that are widened in their order.
template <typename Stored>
class PlainStep {
public:
    static constexpr int bytes = step_columns * Stored::bytes;
    static constexpr int column(int part, int lane) { return part * lanes + lane; }

    PlainStep() = default;
    explicit ACESTEP_INLINE PlainStep(const std::byte* data) : data_(data) {}
    ACESTEP_INLINE Floats part(int index) const {
        return Stored::widened(data_ + index * lanes * Stored::bytes);
    }

private:
    const std::byte* data_ = nullptr;
};

/// bf16 is the upper half of f32. Words of two numbers are read and each half is put in its place,
/// so the even columns of two registers make a part and the odd ones another.
class Bf16Step {
public:
    static constexpr int bytes = step_columns * 2;
    static constexpr int column(int part, int lane) {
        return part / 2 * 2 * lanes + 2 * lane + part % 2;
    }

    Bf16Step() = default;
    explicit ACESTEP_INLINE Bf16Step(const std::byte* data) : data_(data) {}
    ACESTEP_INLINE Floats part(int index) const {
        const auto words = load<Integers>(data_ + index / 2 * lanes * 4);
        return same_bits<Floats>(index % 2 == 0 ? words << 16 : words & -0x10000);
    }

private:
    const std::byte* data_ = nullptr;
};

/// A block of q8_0: the scale, then 32 integers. Where there is no instruction that widens integers
/// of a byte, they are moved to their places within words of four.
class BlockStep {
public:
    static constexpr int bytes = 2 + step_columns;
    static constexpr bool has_narrow_loads = ACESTEP_LANES >= 8;
    static constexpr int column(int part, int lane) {
        if (has_narrow_loads) return part * lanes + lane;
        return part / 4 * 4 * lanes + 4 * lane + part % 4;
    }

    BlockStep() = default;
    explicit ACESTEP_INLINE BlockStep(const std::byte* data)
        : integers_(data + 2), scale_(all(one_f16(data))) {}
    ACESTEP_INLINE Floats part(int index) const {
#if ACESTEP_LANES >= 8
        return Int8::widened(integers_ + index * lanes) * scale_;
#else
        const auto words = load<Integers>(integers_ + index / 4 * 4 * lanes);
        return to_floats(words << (24 - index % 4 * 8) >> 24) * scale_;
#endif
    }

private:
    const std::byte* integers_ = nullptr;
    Floats scale_ = {};
};

}  // namespace
}  // namespace acestep::processor
