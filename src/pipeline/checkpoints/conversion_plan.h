// What a conversion makes of one part of ACE-Step: which tensors in which types, and the metadata
// that lets the file be used without its folder. Nothing is written here.
// Source: spec dit.md 9.3, product.md 7.4.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/checkpoints.h"
#include "base/mapped_file.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/gguf_writer.h"

namespace acestep::pipeline {

struct ConversionPlan {
    std::string kind;  ///< as in CheckpointEntry
    checkpoint::Checkpoint source;
    std::optional<MappedFile> described_by;  ///< what arrays of `values` point into
    checkpoint::GgufItems values;
    std::vector<checkpoint::GgufTensor> tensors;  ///< in the order of `source.tensors()`
    WeightType type;                              ///< of its matrices

    std::int64_t bytes_before() const;
    /// A language model that gets fewer than 8 bits, so that its codes have to be compared.
    bool compares_codes() const { return kind == "lm" && type > WeightType::q8_0; }
};

/// The parts that `source` is or has: folders in the official layout, and GGUF files.
/// \throws Error{not_found, corrupt_file}
std::vector<std::filesystem::path> parts_of(const std::filesystem::path& source);

/// `type` is what was asked for; `alone`: for this part in particular. An autoencoder that is not
/// asked for alone becomes f16 whatever the type. \throws Error{not_found, corrupt_file,
/// unsupported}
ConversionPlan plan_conversion(const std::filesystem::path& part, WeightType type, bool alone);

/// The type of a tensor of a part of that kind. \throws Error{unsupported}
checkpoint::DataType converted_type(std::string_view kind, const checkpoint::TensorView& tensor,
                                    WeightType type);

/// "acestep-v15-turbo-Q8_0.gguf" for a part called "acestep-v15-turbo", or so with another type.
std::string converted_name(const std::filesystem::path& part, WeightType type);

}  // namespace acestep::pipeline
