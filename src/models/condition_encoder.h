// The condition encoder: lyrics, timbre and text become one sequence the diffusion transformer
// attends to.
// Source: spec dit.md 4; upstream class AceStepConditionEncoder.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "runtime/device.h"
#include "runtime/weight_set.h"

namespace acestep::models {

class ConditionEncoder {
public:
    ConditionEncoder(const checkpoint::Checkpoint& checkpoint, const AceStepConfig& config,
                     runtime::WeightPolicy policy);

    runtime::WeightSet& weights() { return weights_; }

    // One item each; the weights have to be loaded on `device`.
    /// Embedding rows of the lyric tokens `[L, text width]` → `[L, He]`. `padding`: which rows
    /// count, for a row of a padded batch; null: all.
    Array lyrics(runtime::Device& device, const Array& embeddings,
                 const KeyPadding* padding = nullptr) const;
    /// Latents of one reference clip `[F, C]` → one vector `[1, He]`.
    Array timbre(runtime::Device& device, const Array& reference) const;
    /// States of the text encoder `[L, text width]` → `[L, He]`.
    Array text(runtime::Device& device, const Array& states) const;

private:
    const AceStepConfig& config_;
    runtime::WeightSet weights_;
    Linear text_projector_;
    Linear lyric_embedding_;
    TransformerStack lyric_stack_;
    Linear timbre_embedding_;
    TransformerStack timbre_stack_;
    ggml_tensor* timbre_token_ = nullptr;  ///< [1, He]; only the XL family uses it
};

/// A sequence of one item and which of its rows are valid.
struct MaskedRows {
    Array rows;               ///< [L, He]
    std::vector<bool> valid;  ///< one per row
};

/// Lyrics, timbre and text in one sequence: valid rows first in this order, then the padding rows.
/// The decoder attends to all of them (spec dit.md 3.7, 4.5).
MaskedRows pack_conditions(const MaskedRows& lyrics, const MaskedRows& timbre,
                           const MaskedRows& text);

}  // namespace acestep::models
