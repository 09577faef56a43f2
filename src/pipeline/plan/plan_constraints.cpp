#include "pipeline/plan/plan_constraints.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "acestep/engine.h"
#include "acestep/error.h"
#include "pipeline/checkpoints/checkpoint_choice.h"

namespace acestep::pipeline {
namespace {

using runtime::WeightPolicy;

Precision precision_of(const std::string& wanted) {
    return precision_from_name(wanted == "automatic" ? "auto" : wanted);
}

/// The types the planner may choose where the user has not: down from what the checkpoint has.
std::vector<WeightPolicy> policies(const std::string& wanted,
                                   const checkpoint::Checkpoint& checkpoint, WeightPolicy least) {
    const Precision precision = precision_of(wanted);
    // Configurations without tensors are those of released models, which have 16 bits.
    const bool automatic_bf16 = precision == Precision::automatic && checkpoint.is_imagined();
    const WeightPolicy first =
        automatic_bf16 ? WeightPolicy::bf16 : weight_policy(precision, checkpoint);
    if (precision != Precision::automatic) return {first};
    std::vector<WeightPolicy> result{first};
    for (const WeightPolicy policy : {WeightPolicy::bf16, WeightPolicy::q8_0, WeightPolicy::q6_k,
                                      WeightPolicy::q5_k, WeightPolicy::q4_k}) {
        if (policy > first && policy <= least) result.push_back(policy);
    }
    return result;
}

}  // namespace

planner::Constraints constraints_of(const PlanChoices& choices, const checkpoint::Checkpoint& model,
                                    const checkpoint::Checkpoint& text) {
    planner::Constraints constraints;
    constraints.policies = policies(choices.precision, model, WeightPolicy::q4_k);
    constraints.text_policies = policies(choices.precision, text, WeightPolicy::q4_k);
    // The autoencoder's sines need more bits than bfloat16 has (docs/numbers.md).
    const bool exact = precision_of(choices.precision) == Precision::f32;
    constraints.vae_policy = exact ? WeightPolicy::f32 : WeightPolicy::f16;
    constraints.offload = choices.offload_to_cpu;
    constraints.offload_dit = choices.offload_dit_to_cpu;
    constraints.tile_frames = choices.vae_tile_frames;
    constraints.vae_on_processor = choices.vae_on_cpu;
    constraints.lm_on_processor = choices.lm_on_cpu;
    return constraints;
}

std::vector<WeightPolicy> language_policies(const PlanChoices& choices,
                                            const checkpoint::Checkpoint& language) {
    const Precision precision = precision_of(choices.lm_precision);
    if (precision >= Precision::q6_k) {
        throw Error(ErrorCode::unsupported,
                    fmt::format("lm_precision is {}, which can break the audio codes that the "
                                "language model writes.",
                                name(precision)),
                    "Use q8_0 or bf16, or convert the model once with 'acestep models convert', "
                    "which compares the codes.");
    }
    return policies(choices.lm_precision, language, WeightPolicy::q8_0);
}

}  // namespace acestep::pipeline
