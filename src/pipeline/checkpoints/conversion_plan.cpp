#include "pipeline/checkpoints/conversion_plan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"
#include "checkpoint/gguf.h"
#include "checkpoint/gguf_values.h"
#include "pipeline/checkpoints/code_agreement.h"
#include "runtime/weight_conversion.h"
#include "runtime/weight_types.h"
#include "text/tokenizer_json.h"

namespace acestep::pipeline {
namespace {

namespace fs = std::filesystem;
using checkpoint::Checkpoint;
using checkpoint::DataType;
using checkpoint::TensorView;
using runtime::WeightPolicy;
using runtime::WeightRole;

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> architectures = {{
    {"dit", "acestep-dit"},
    {"text_encoder", "acestep-text-enc"},
    {"lm", "acestep-lm"},
    {"vae", "acestep-vae"},
}};

WeightPolicy policy_of(WeightType type) {
    switch (type) {
        case WeightType::bf16: return WeightPolicy::bf16;
        case WeightType::f16: return WeightPolicy::f16;
        case WeightType::q8_0: return WeightPolicy::q8_0;
        case WeightType::q6_k: return WeightPolicy::q6_k;
        case WeightType::q5_k: return WeightPolicy::q5_k;
        case WeightType::q4_k: return WeightPolicy::q4_k;
    }
    return WeightPolicy::bf16;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

bool is_matrix(const TensorView& tensor) {
    const auto large = std::count_if(tensor.shape.begin(), tensor.shape.end(),
                                     [](std::int64_t size) { return size > 1; });
    return large > 1 && (tensor.name.ends_with(".weight") || tensor.name.ends_with(".weight_v"));
}

bool is_token_table(std::string_view kind, const TensorView& tensor) {
    return (kind == "lm" || kind == "text_encoder") && tensor.name.ends_with("embed_tokens.weight");
}

/// As the networks declare it. Nothing for what is copied: what is added or multiplied elementwise,
/// the time embedding, and the tokenizer, whose values decide about codes. Only the projection out
/// of its quantizer is the detokenizer's.
std::optional<WeightRole> role_of(std::string_view kind, const TensorView& tensor) {
    if (!is_matrix(tensor)) return std::nullopt;
    const std::string_view name = tensor.name;
    if (kind == "text_encoder" && is_token_table(kind, tensor)) return WeightRole::sensitive_matrix;
    if (kind != "dit") return WeightRole::matrix;
    if (name.starts_with("decoder.time_embed")) return std::nullopt;
    if (name.starts_with("tokenizer.") && !contains(name, ".project_out")) return std::nullopt;
    const bool at_an_end = name.starts_with("decoder.proj_in.") ||
                           name.starts_with("decoder.proj_out.") ||
                           name.starts_with("encoder.text_projector.") ||
                           (name.starts_with("encoder.") && name.ends_with("embed_tokens.weight"));
    return at_an_end ? WeightRole::sensitive_matrix : WeightRole::matrix;
}

/// 8-bit floats take 16 bits, other types that are not ggml's take 32.
DataType copied_type(DataType stored) {
    switch (stored) {
        case DataType::f8_e4m3:
        case DataType::f8_e5m2: return DataType::bf16;
        default: break;
    }
    const bool as_it_is = stored == DataType::f32 || stored == DataType::f16 ||
                          stored == DataType::bf16 || checkpoint::block_elements(stored) > 1;
    return as_it_is ? stored : DataType::f32;
}

std::string kind_of_tensors(const Checkpoint& source, std::string_view tokenizer) {
    if (source.find("decoder.scale_shift_table")) return "dit";
    if (source.find("decoder.conv1.bias")) return "vae";
    if (source.find("embed_tokens.weight") || source.find("model.embed_tokens.weight"))
        return contains(tokenizer, "<|audio_code_0|>") ? "lm" : "text_encoder";
    throw Error(ErrorCode::unsupported,
                fmt::format("{} is no part of ACE-Step: its tensors are of another model.",
                            source.path().string()),
                "Name the folder of a diffusion model, language model, text encoder or "
                "autoencoder.");
}

void add_tokenizer(std::string_view json, const std::string& file, checkpoint::GgufItems& values) {
    const text::TokenizerParts parts = text::parse_tokenizer_json(json, file);
    std::vector<std::string> merges;
    for (const auto& [left, right] : parts.merges) merges.push_back(left + " " + right);
    values.emplace_back("tokenizer.ggml.model", std::string("gpt2"));
    values.emplace_back("tokenizer.ggml.tokens", parts.tokens);
    values.emplace_back("tokenizer.ggml.merges", std::move(merges));
    values.emplace_back(checkpoint::gguf_tokenizer_json_key, std::string(json));
}

/// The metadata of a folder: all that its other files say.
void describe_folder(const fs::path& folder, ConversionPlan& plan) {
    const fs::path tokenizer = folder / "tokenizer.json";
    std::error_code unreadable;  // told by whoever opens it
    std::optional<MappedFile> json;
    if (fs::exists(tokenizer, unreadable)) json.emplace(tokenizer);
    plan.kind = kind_of_tensors(plan.source, json ? json->text() : std::string_view());
    plan.values.emplace_back("general.name", folder.filename().string());
    plan.values.emplace_back(checkpoint::gguf_config_key,
                             std::string(MappedFile(folder / "config.json").text()));
    if (plan.kind != "lm" && plan.kind != "text_encoder") return;
    if (!json) json.emplace(tokenizer);
    add_tokenizer(json->text(), tokenizer.string(), plan.values);
}

/// The metadata of a GGUF file, as far as it stays true.
void describe_file(const fs::path& file, ConversionPlan& plan) {
    plan.described_by.emplace(file);
    const checkpoint::GgufValues values =
        checkpoint::read_gguf(plan.described_by->bytes(), file.string()).values;
    const std::string_view architecture = checkpoint::gguf_architecture(values);
    for (const auto& [kind, name] : architectures)
        if (name == architecture) plan.kind = kind;
    if (plan.kind.empty()) plan.kind = kind_of_tensors(plan.source, "");
    constexpr std::array replaced = {"general.alignment", "general.architecture",
                                     "general.file_type", "general.quantization_version",
                                     code_agreement_key};
    for (const auto& [key, value] : values) {
        if (std::find(replaced.begin(), replaced.end(), key) != replaced.end()) continue;
        std::visit(
            [&, &name = key](const auto& content) {
                using Content = std::decay_t<decltype(content)>;
                if constexpr (std::is_same_v<Content, std::string_view>)
                    plan.values.emplace_back(name, std::string(content));
                else
                    plan.values.emplace_back(name, content);
            },
            value);
    }
}

std::string upper(std::string_view name) {
    std::string text(name);
    for (char& letter : text)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return text;
}

void require_fitting(const ConversionPlan& plan, WeightType asked, bool alone) {
    const std::string where = plan.source.path().string();
    if (plan.source.config().empty())
        throw Error(ErrorCode::corrupt_file, fmt::format("{} has no configuration.", where),
                    "config.json belongs beside the weights: name their folder.");
    if (plan.kind == "dit" && !plan.source.find("silence_latent"))
        throw Error(ErrorCode::corrupt_file, fmt::format("{} has no silence latent.", where),
                    "silence_latent.pt belongs beside the weights.");
    if (plan.kind == "vae" && alone && asked != WeightType::f16)
        throw Error(ErrorCode::unsupported,
                    fmt::format("The autoencoder {} cannot be {}: its sines need the bits of f16.",
                                where, name(asked)),
                    "Convert it to f16.");
}

}  // namespace

std::int64_t ConversionPlan::bytes_before() const {
    std::int64_t bytes = 0;
    for (const TensorView& tensor : source.tensors())
        bytes += static_cast<std::int64_t>(tensor.bytes.size());
    return bytes;
}

std::vector<fs::path> parts_of(const fs::path& source) {
    std::error_code unreadable;  // told by whoever opens it
    if (!fs::is_directory(source, unreadable)) return {source};
    std::vector<fs::path> parts;
    for (const CheckpointEntry& entry : list_checkpoints(source)) {
        if (!entry.problem.empty())
            throw Error(ErrorCode::corrupt_file, fmt::format("{} cannot be converted: {}",
                                                             entry.path.string(), entry.problem));
        parts.push_back(entry.path);
    }
    // A part's folder has none below it.
    return parts.empty() ? std::vector<fs::path>{source} : parts;
}

DataType converted_type(std::string_view kind, const TensorView& tensor, WeightType type) {
    const std::optional<WeightRole> role = role_of(kind, tensor);
    if (!role) return copied_type(tensor.type);
    WeightPolicy policy = policy_of(type);
    // The language model's table is its last projection as well, for which every bit counts.
    const bool is_output = kind == "lm" && is_token_table(kind, tensor);
    if (is_output && (type == WeightType::q5_k || type == WeightType::q4_k))
        policy = WeightPolicy::q6_k;
    return static_cast<DataType>(
        runtime::planned_type(policy, *role, runtime::ggml_type_of(tensor), tensor.shape));
}

std::string converted_name(const fs::path& part, WeightType type) {
    std::string stem = part.filename().string();
    if (stem.empty()) stem = part.parent_path().filename().string();  // "folder/"
    if (stem.ends_with(".gguf")) stem.resize(stem.size() - 5);
    for (const char* suffix : {"-F32", "-BF16", "-F16", "-Q8_0", "-Q6_K", "-Q5_K", "-Q5_K_M",
                               "-Q5_K_S", "-Q4_K", "-Q4_K_M", "-Q4_K_S"})
        if (stem.ends_with(suffix)) {
            stem.resize(stem.size() - std::string_view(suffix).size());
            break;
        }
    return fmt::format("{}-{}.gguf", stem, upper(name(type)));
}

ConversionPlan plan_conversion(const fs::path& part, WeightType type, bool alone) {
    ConversionPlan plan{.source = Checkpoint::open(part), .type = type};
    if (plan.source.format() == "gguf")
        describe_file(part, plan);
    else
        describe_folder(part, plan);
    require_fitting(plan, type, alone);
    if (plan.kind == "vae") plan.type = WeightType::f16;
    for (const auto& [kind, architecture] : architectures)
        if (kind == plan.kind)
            plan.values.emplace_back("general.architecture", std::string(architecture));
    plan.values.emplace_back("general.quantization_version", std::uint64_t{2});
    plan.values.emplace_back("general.file_type", upper(name(plan.type)));
    // More bits do not bring back the codes that a source has lost.
    if (plan.compares_codes() || (plan.kind == "lm" && needs_code_agreement(plan.source)))
        plan.values.emplace_back(code_agreement_key,
                                 static_cast<float>(code_agreement_of_source(plan.source)));
    for (const TensorView& tensor : plan.source.tensors())
        plan.tensors.push_back(
            {tensor.name, converted_type(plan.kind, tensor, plan.type), tensor.shape});
    return plan;
}

}  // namespace acestep::pipeline
