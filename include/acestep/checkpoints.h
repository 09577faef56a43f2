// Looking at checkpoints without running them, and converting them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acestep/error.h"
#include "acestep/progress.h"

namespace acestep {

/// One usable component found in a checkpoints folder.
struct CheckpointEntry {
    std::string name;  ///< folder or file name, such as "acestep-v15-turbo"
    std::string kind;  ///< "dit", "text_encoder", "lm" or "vae"
    std::filesystem::path path;
    std::int64_t bytes = 0;  ///< of all its weight files
    std::string problem;     ///< blank when usable, else one sentence
};

/// Everything below `folder` that looks like a part of ACE-Step, official folders and GGUF files.
/// \throws Error{not_found}
std::vector<CheckpointEntry> list_checkpoints(const std::filesystem::path& folder);

struct TensorSummary {
    std::string name;
    std::string type;                 ///< such as "bf16" or "q8_0"
    std::vector<std::int64_t> shape;  ///< slowest dimension first
    std::int64_t bytes = 0;
};

struct CheckpointSummary {
    std::string format;                  ///< "safetensors", "gguf" or "torch zip"
    std::vector<TensorSummary> tensors;  ///< in file order
    std::vector<std::pair<std::string, std::string>> metadata;
};

/// Header of a weight file, or of the weight files of a folder. \throws Error{not_found,
/// corrupt_file}
CheckpointSummary inspect_checkpoint(const std::filesystem::path& path);

/// The type that a conversion gives to matrices: 16 bits, or blocks of 8.5, 6.6, 5.5 and 4.5 bits a
/// weight.
enum class WeightType { bf16, f16, q8_0, q6_k, q5_k, q4_k };
std::string_view name(WeightType type);
/// \throws Error{invalid_request}
WeightType weight_type_from_name(std::string_view name);

struct ConvertOptions {
    /// A part of ACE-Step (its folder or GGUF file), or a folder with several of them.
    std::filesystem::path source;
    /// For one part a name that ends with ".gguf". Otherwise a folder, which is made when it is not
    /// there, for files called like "acestep-v15-turbo-Q8_0.gguf". Blank: the current folder.
    std::filesystem::path output;
    WeightType type = WeightType::q8_0;
    int threads = 0;     ///< 0: the machine's real cores
    bool force = false;  ///< replace existing files
};

enum class ConvertStep {
    convert,        ///< `done` and `total` are bytes of all parts, as they are stored
    compare_codes,  ///< thousandths: the language model writes codes, before and after
};

struct ConvertProgress {
    ConvertStep step = ConvertStep::convert;
    std::string_view name;  ///< of the part
    std::int64_t done = 0;
    std::int64_t total = 0;
};
/// Called from the thread that converts. An exception thrown from it ends the conversion.
using ConvertProgressCallback = std::function<void(const ConvertProgress&)>;

struct ConvertedPart {
    std::string kind;  ///< as in CheckpointEntry
    std::filesystem::path source;
    std::filesystem::path output;
    std::int64_t bytes_before = 0;                   ///< of tensors
    std::int64_t bytes_after = 0;                    ///< of the file
    std::vector<std::pair<std::string, int>> types;  ///< tensors of each type, most first
    /// L2 norm of the difference over that of the tensor, and the tensor in which it is largest;
    /// blank when every value is kept.
    double largest_error = 0;
    std::string largest_error_tensor;
    /// Of a language model with fewer than 8 bits: the share of its audio codes that are those of
    /// its source, 0 … 1. It is written into the file.
    std::optional<double> code_agreement;
};

struct ConvertResult {
    std::vector<ConvertedPart> parts;
    std::vector<std::string> warnings;
};

/// Writes each part as one GGUF file with configuration, tokenizer and silence latent in it, which
/// an engine uses in place of the part's folder. Matrices take the type; norms, biases, tables, a
/// network's first and last projections and what decides about audio codes keep 16 bits or more,
/// and so does the whole autoencoder, as f16. A language model of fewer than 8 bits is compared
/// with its source: both write audio codes on the processor, and a file that keeps fewer than nine
/// in ten of them is not chosen unless it is named. Either all files appear under their names or
/// none. \throws Error{not_found, corrupt_file, unsupported}; Error{invalid_request} for an output
/// that exists; Error{unavailable} when the disk is too full; Error{cancelled}
ConvertResult convert_checkpoint(const ConvertOptions& options,
                                 const ConvertProgressCallback& progress = {},
                                 const CancelToken* cancel = nullptr);

}  // namespace acestep
