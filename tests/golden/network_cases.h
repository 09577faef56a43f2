// What the golden tests of networks and of whole sampler runs share: checkpoints, and batches of
// arrays taken apart into items.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/array.h"
#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "models/condition_encoder.h"
#include "runtime/device.h"
#include "support/golden.h"
#include "support/test_device.h"

namespace acestep::tests {

/// What f32 may differ by. ggml's CUDA attention has 16-bit keys and values, and small products
/// there go through TF32 (docs/gpu-backends.md).
inline const bool on_cuda = test_device_name().starts_with("cuda");
inline const double f32_bound = on_cuda ? 2e-3 : 1e-4;
inline const double log_probability_bound = on_cuda ? 2e-2 : 1e-4;

std::unique_ptr<runtime::Device> device();
std::filesystem::path checkpoint_path(const std::string& name);

/// An ACE-Step checkpoint and its configuration.
struct Family {
    explicit Family(const std::string& name);

    checkpoint::Checkpoint checkpoint;
    models::AceStepConfig config;
    Array silence;  ///< [frames, C]
};

/// Item of a batch, without the batch dimension; and back.
Array rows_of(const Array& batch, std::int64_t item);
Array stacked(const std::vector<Array>& items);

/// `[C, L]` ⇄ `[L, C]`: PyTorch keeps audio channels first.
Array transposed(const Array& matrix);

/// One conditioned item of a golden file.
struct EncodedItem {
    Array lyrics;               ///< [L, He]
    models::MaskedRows timbre;  ///< a row per clip, zero rows where others of the batch have more
    models::MaskedRows packed;
};
/// All items of a file with `lyric`, `text_name`, `reference` and their masks and order, as far as
/// it has them. The encoder's weights have to be loaded on `device`.
std::vector<EncodedItem> encode_items(runtime::Device& device,
                                      const models::ConditionEncoder& encoder,
                                      const GoldenFile& golden, const std::string& text_name);

}  // namespace acestep::tests
