#include "runtime/weight_types.h"

#include "runtime/weight_conversion.h"

namespace acestep::runtime {
namespace {

bool is_usable(ggml_type stored) {
    return stored != GGML_TYPE_COUNT && computes_with(stored);
}

/// The nearest type with at least as many bits whose blocks divide a row.
ggml_type fitting(ggml_type type, std::int64_t columns) {
    if (columns % ggml_blck_size(type) == 0) return type;
    return columns % ggml_blck_size(GGML_TYPE_Q8_0) == 0 ? GGML_TYPE_Q8_0 : GGML_TYPE_BF16;
}

bool has_fewer_bits(ggml_type type, ggml_type than) {
    return static_cast<std::int64_t>(ggml_type_size(type)) * ggml_blck_size(than) <
           static_cast<std::int64_t>(ggml_type_size(than)) * ggml_blck_size(type);
}

ggml_type matrix_type(WeightPolicy policy, WeightRole role, std::int64_t columns) {
    const ggml_type type = type_of(policy);
    if (!ggml_is_quantized(type)) return type;
    return role == WeightRole::sensitive_matrix ? GGML_TYPE_BF16 : fitting(type, columns);
}

}  // namespace

ggml_type type_of(WeightPolicy policy) {
    switch (policy) {
        case WeightPolicy::f32: return GGML_TYPE_F32;
        case WeightPolicy::bf16: return GGML_TYPE_BF16;
        case WeightPolicy::f16: return GGML_TYPE_F16;
        case WeightPolicy::q8_0: return GGML_TYPE_Q8_0;
        case WeightPolicy::q6_k: return GGML_TYPE_Q6_K;
        case WeightPolicy::q5_k: return GGML_TYPE_Q5_K;
        case WeightPolicy::q4_k: return GGML_TYPE_Q4_K;
    }
    return GGML_TYPE_F32;
}

ggml_type planned_type(WeightPolicy policy, WeightRole role, ggml_type stored, const Shape& shape) {
    if (role == WeightRole::exact || policy == WeightPolicy::f32) return GGML_TYPE_F32;
    if (role == WeightRole::table) return is_usable(stored) ? stored : GGML_TYPE_F32;
    const ggml_type type = matrix_type(policy, role, shape.back());
    const bool keep =
        is_usable(stored) && ggml_is_quantized(stored) && !has_fewer_bits(type, stored);
    return keep ? stored : type;
}

}  // namespace acestep::runtime
