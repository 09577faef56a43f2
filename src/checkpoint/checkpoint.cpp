#include "checkpoint/checkpoint.h"

#include <fmt/format.h>

#include <iterator>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "base/mapped_file.h"
#include "checkpoint/checkpoint_files.h"
#include "checkpoint/file_error.h"
#include "checkpoint/gguf.h"
#include "checkpoint/gguf_values.h"
#include "checkpoint/json_text.h"
#include "checkpoint/printable.h"
#include "checkpoint/safetensors.h"
#include "checkpoint/torch_zip.h"

namespace acestep::checkpoint {

struct Checkpoint::Contents {
    std::filesystem::path path;
    std::string_view format = "safetensors";
    // What the views below point into.
    std::vector<MappedFile> files;
    std::vector<std::byte> silence_latent;

    std::vector<TensorView> tensors;
    std::unordered_map<std::string_view, std::size_t> positions;  // by name, in `tensors`
    nlohmann::json config = nlohmann::json::object();
    std::map<std::string, std::string> metadata;
    GgufValues gguf_values;

    bool imagined = false;
    // Tensors of an imagined checkpoint appear when they are first asked for.
    std::map<std::string, TensorView, std::less<>> imagined_tensors;

    const TensorView& imagine(std::string_view name, const std::vector<std::int64_t>& shape) {
        TensorView& view = imagined_tensors[std::string(name)];
        view.name = name;
        view.type = DataType::bf16;
        view.shape = shape;
        view.file = path.string();
        return view;
    }
};

namespace {

constexpr const char* silence_name = "silence_latent";

// A clone made without Git LFS has small text files in place of the weights; nothing else in a
// header would tell the user so.
void require_content(const MappedFile& mapped, const std::string& file) {
    if (mapped.text().starts_with("version https://git-lfs")) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("{} is a Git LFS pointer, not the file itself.", file),
                    "Fetch the file with git lfs pull, or download it.");
    }
}

}  // namespace

// Fills Contents from files, one kind of source per function.
class Checkpoint::Loader {
public:
    explicit Loader(const std::filesystem::path& path) : contents_(std::make_unique<Contents>()) {
        contents_->path = path;
    }

    std::unique_ptr<Contents> load() {
        const std::filesystem::path& path = contents_->path;
        std::error_code unreadable;  // told by whoever opens it
        const auto type = std::filesystem::status(path, unreadable).type();
        if (type == std::filesystem::file_type::not_found) {
            throw Error(ErrorCode::not_found,
                        fmt::format("There is no checkpoint {}.", path.string()),
                        "Check the path, or download the checkpoint.");
        }
        if (type == std::filesystem::file_type::directory)
            load_folder(path);
        else
            load_file(path);
        index_names();
        return std::move(contents_);
    }

    std::unique_ptr<Contents> load_as_gguf() {
        load_gguf(contents_->path);
        index_names();
        return std::move(contents_);
    }

private:
    void load_folder(const std::filesystem::path& folder) {
        const CheckpointFiles files = find_checkpoint_files(folder);
        for (const std::filesystem::path& weights : files.weights) add_safetensors(weights);
        if (files.config) contents_->config = read_config(*files.config);
        if (files.silence_latent) add_silence_latent(*files.silence_latent);
        require_mapped_tensors(files.weight_map);
    }

    void load_file(const std::filesystem::path& path) {
        const std::filesystem::path extension = path.extension();
        if (extension == ".safetensors") {
            add_safetensors(path);
        } else if (extension == ".gguf") {
            load_gguf(path);
        } else {
            fail_unsupported(path.string(), "its name ends with neither .safetensors nor .gguf",
                             "Name a folder, a .safetensors file or a .gguf file.");
        }
    }

    std::span<const std::byte> map(const std::filesystem::path& path) {
        contents_->files.emplace_back(path);
        require_content(contents_->files.back(), path.string());
        return contents_->files.back().bytes();
    }

    void add_safetensors(const std::filesystem::path& path) {
        SafetensorsContents read = read_safetensors(map(path), path.string());
        std::move(read.tensors.begin(), read.tensors.end(), std::back_inserter(contents_->tensors));
        contents_->metadata.merge(read.metadata);
    }

    void load_gguf(const std::filesystem::path& path) {
        GgufContents read = read_gguf(map(path), path.string());
        contents_->format = "gguf";
        contents_->config = gguf_config(read.values, path.string());
        contents_->metadata = gguf_metadata(read.values);
        contents_->tensors = std::move(read.tensors);
        contents_->gguf_values = std::move(read.values);
    }

    void add_silence_latent(const std::filesystem::path& path) {
        std::optional<std::int64_t> channels;
        const auto configured = contents_->config.find("audio_acoustic_hidden_dim");
        if (configured != contents_->config.end() && configured->is_number_integer())
            channels = configured->get<std::int64_t>();
        const MappedFile file(path);
        require_content(file, path.string());
        SilenceLatent silence = read_silence_latent(file.bytes(), path.string(), channels);
        contents_->silence_latent = std::move(silence.values);
        contents_->tensors.push_back(TensorView{.name = silence_name,
                                                .type = silence.type,
                                                .shape = {silence.frames, silence.channels},
                                                .bytes = contents_->silence_latent,
                                                .file = path.string()});
    }

    // An index promises tensors; a shard that lacks one is not the shard that was meant.
    void require_mapped_tensors(
        const std::map<std::string, std::filesystem::path>& weight_map) const {
        std::map<std::string_view, const TensorView*> present;
        for (const TensorView& tensor : contents_->tensors) present[tensor.name] = &tensor;
        for (const auto& [name, shard] : weight_map) {
            const std::string file = shard.string();
            const auto found = present.find(name);
            if (found == present.end() || found->second->file != file) {
                fail_corrupt(file, fmt::format("tensor {}, which the index puts there, is missing",
                                               printable(name)));
            }
        }
    }

    void index_names() {
        const auto& tensors = contents_->tensors;
        for (std::size_t position = 0; position < tensors.size(); ++position) {
            const auto [known, added] =
                contents_->positions.emplace(tensors[position].name, position);
            if (!added) {
                fail_corrupt(tensors[position].file, fmt::format("tensor {} is also in {}",
                                                                 printable(tensors[position].name),
                                                                 tensors[known->second].file));
            }
        }
    }

    std::unique_ptr<Contents> contents_;
};

Checkpoint Checkpoint::open(const std::filesystem::path& path) {
    return Checkpoint(Loader(path).load());
}

Checkpoint Checkpoint::open_gguf(const std::filesystem::path& path) {
    return Checkpoint(Loader(path).load_as_gguf());
}

Checkpoint Checkpoint::imagined(const std::string& name, nlohmann::json config) {
    auto contents = std::make_unique<Contents>();
    contents->path = name;
    contents->format = "imagined";
    contents->config = std::move(config);
    contents->imagined = true;
    return Checkpoint(std::move(contents));
}

bool Checkpoint::is_imagined() const {
    return contents_->imagined;
}

Checkpoint::Checkpoint(std::unique_ptr<Contents> contents) : contents_(std::move(contents)) {}
Checkpoint::Checkpoint(Checkpoint&&) noexcept = default;
Checkpoint& Checkpoint::operator=(Checkpoint&&) noexcept = default;
Checkpoint::~Checkpoint() = default;

const TensorView* Checkpoint::find(std::string_view name) const {
    const auto found = contents_->positions.find(name);
    return found == contents_->positions.end() ? nullptr : &contents_->tensors[found->second];
}

const TensorView& Checkpoint::get(std::string_view name,
                                  const std::vector<std::int64_t>& shape) const {
    if (contents_->imagined) return contents_->imagine(name, shape);
    const char* hint = "The file is damaged or belongs to another model.";
    const TensorView* tensor = find(name);
    if (tensor == nullptr) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("{} is missing in {}; the configuration asks for it with shape {}.",
                                name, path().string(), shape_text(shape)),
                    hint);
    }
    if (tensor->shape != shape) {
        throw Error(ErrorCode::corrupt_file,
                    fmt::format("{} in {} has shape {}; the configuration asks for {}.", name,
                                tensor->file, shape_text(tensor->shape), shape_text(shape)),
                    hint);
    }
    return *tensor;
}

const std::vector<TensorView>& Checkpoint::tensors() const {
    return contents_->tensors;
}
const nlohmann::json& Checkpoint::config() const {
    return contents_->config;
}
const std::map<std::string, std::string>& Checkpoint::metadata() const {
    return contents_->metadata;
}
const std::filesystem::path& Checkpoint::path() const {
    return contents_->path;
}
std::string_view Checkpoint::format() const {
    return contents_->format;
}

std::optional<GgufTokenizer> Checkpoint::tokenizer() const {
    return gguf_tokenizer(contents_->gguf_values, contents_->path.string());
}

}  // namespace acestep::checkpoint
