#include <system_error>

#include "acestep/checkpoints.h"
#include "base/mapped_file.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/torch_zip.h"

namespace acestep {
namespace {

TensorSummary summary(const checkpoint::TensorView& tensor) {
    return TensorSummary{.name = tensor.name,
                         .type = std::string(name(tensor.type)),
                         .shape = tensor.shape,
                         .bytes = static_cast<std::int64_t>(tensor.bytes.size())};
}

// A tensor saved by itself, with the shape it was saved with; it is called like its file.
CheckpointSummary inspect_torch_zip(const std::filesystem::path& path) {
    const MappedFile file(path);
    const auto tensor = checkpoint::read_torch_tensor(file.bytes(), path.string());
    const auto bytes = checkpoint::stored_bytes(tensor.type, tensor.shape);
    CheckpointSummary result{.format = "torch zip"};
    result.tensors.push_back(TensorSummary{.name = path.stem().string(),
                                           .type = std::string(name(tensor.type)),
                                           .shape = tensor.shape,
                                           .bytes = bytes.value_or(0)});
    return result;
}

}  // namespace

CheckpointSummary inspect_checkpoint(const std::filesystem::path& path) {
    std::error_code unreadable;  // told by whoever opens it
    if (path.extension() == ".pt" && !std::filesystem::is_directory(path, unreadable))
        return inspect_torch_zip(path);
    const auto opened = checkpoint::Checkpoint::open(path);
    CheckpointSummary result{.format = std::string(opened.format())};
    for (const checkpoint::TensorView& tensor : opened.tensors())
        result.tensors.push_back(summary(tensor));
    result.metadata.assign(opened.metadata().begin(), opened.metadata().end());
    return result;
}

}  // namespace acestep
