// A checkpoint: the named tensors and the configuration of one component.
//
// `open` takes what users have: an official folder (config.json beside model.safetensors, its
// sharded form, or diffusion_pytorch_model.safetensors; silence_latent.pt becomes the tensor
// "silence_latent" `[frames, channels]`), a single .safetensors file, or a .gguf file as
// acestep.cpp writes it (configuration in its metadata). Files are mapped, not read; everything a
// header claims is checked against the file before it is used.
// Source: spec dit.md 9, product.md 7.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "checkpoint/tensor_view.h"

namespace acestep::checkpoint {

struct GgufTokenizer;

class Checkpoint {
public:
    /// A single .safetensors file has an empty configuration, whatever lies beside it.
    /// \throws Error{not_found} when there is nothing there, Error{corrupt_file} naming file and
    /// tensor when something is wrong in it, Error{unsupported} for formats that are not read,
    /// Error{unavailable} when the system refuses to read it.
    static Checkpoint open(const std::filesystem::path& path);
    /// A GGUF file, whatever its name ends with: one that has no name yet. \throws Error likewise
    static Checkpoint open_gguf(const std::filesystem::path& path);

    /// A checkpoint of which only the configuration is known: it has every tensor that is asked for
    /// by shape, in bf16 and without a byte. Networks can be declared from it and their memory
    /// planned; nothing can be read. `name` stands where a path would.
    static Checkpoint imagined(const std::string& name, nlohmann::json config);
    bool is_imagined() const;

    Checkpoint(Checkpoint&&) noexcept;
    Checkpoint& operator=(Checkpoint&&) noexcept;
    ~Checkpoint();

    /// Null when there is no such tensor.
    const TensorView* find(std::string_view name) const;
    /// \throws Error{corrupt_file} naming file and tensor when it is missing or has another shape.
    const TensorView& get(std::string_view name, const std::vector<std::int64_t>& shape) const;
    /// In file order.
    const std::vector<TensorView>& tensors() const;

    /// config.json, or the configuration a GGUF file carries. An empty object when there is none.
    const nlohmann::json& config() const;
    /// Free-form metadata of the header: safetensors `__metadata__`, GGUF scalar keys as text.
    const std::map<std::string, std::string>& metadata() const;
    /// What was opened.
    const std::filesystem::path& path() const;
    std::string_view format() const;  ///< "safetensors" or "gguf"
    /// The tokenizer of a GGUF file (checkpoint/gguf_values.h); nothing when it has none, and for
    /// safetensors, which have theirs in files beside them. \throws Error{corrupt_file}
    std::optional<GgufTokenizer> tokenizer() const;

private:
    struct Contents;
    class Loader;
    explicit Checkpoint(std::unique_ptr<Contents> contents);
    std::unique_ptr<Contents> contents_;
};

/// The values of a tensor as float32: every float and integer type; quantized types are the
/// business of runtime. \throws Error{unsupported} for those.
std::vector<float> to_float(const TensorView& tensor);
/// The same into memory that is there already: `values` has one place for every element.
void to_float(const TensorView& tensor, std::span<float> values);

}  // namespace acestep::checkpoint
