// One tensor saved by torch.save: a ZIP archive of a description (data.pkl) and its raw storage.
// Source: spec dit.md 9.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/tensor_view.h"

namespace acestep::checkpoint {

/// A strided view into a storage. Element (i, j, …) is element `i * strides[0] + j * strides[1] +
/// …` of `storage`; every index within `shape` lies inside of it.
struct TorchTensor {
    DataType type = DataType::f32;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;   ///< in elements; all ≥ 0
    std::span<const std::byte> storage;  ///< from the first element on; may be unaligned
};

/// `bytes` is the whole file, `file` its path for messages.
/// \throws Error{corrupt_file}, Error{unsupported} when it holds anything but one float tensor
TorchTensor read_torch_tensor(std::span<const std::byte> bytes, const std::string& file);

/// silence_latent.pt: the VAE's latents of silence, stored channels by frames.
struct SilenceLatent {
    DataType type = DataType::f32;
    std::int64_t frames = 0;
    std::int64_t channels = 0;
    std::vector<std::byte> values;  ///< `[frames, channels]`
};

/// Reads `[1, C, N]` or `[C, N]` and transposes it. `channels`, where it is known, is the
/// configuration's audio_acoustic_hidden_dim and has to be C.
/// \throws Error{corrupt_file}, Error{unsupported}
SilenceLatent read_silence_latent(std::span<const std::byte> bytes, const std::string& file,
                                  std::optional<std::int64_t> channels);

}  // namespace acestep::checkpoint
