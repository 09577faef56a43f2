#include "checkpoint/torch_zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "checkpoint/file_error.h"
#include "checkpoint/printable.h"
#include "checkpoint/tensor_pickle.h"
#include "checkpoint/zip_archive.h"

namespace acestep::checkpoint {
namespace {

constexpr std::string_view pickle_name = "/data.pkl";

// The archive's folder has any name; it is the one that data.pkl is in.
const ZipEntry& find_pickle(const ZipArchive& archive, const std::string& file) {
    for (const ZipEntry& entry : archive.entries()) {
        if (entry.name.ends_with(pickle_name) &&
            entry.name.find('/') == entry.name.size() - pickle_name.size())
            return entry;
    }
    fail_unsupported(file, "it is a ZIP archive without data.pkl",
                     "It has to be one float tensor, as torch.save writes it.");
}

void require_little_endian(const ZipArchive& archive, const std::string& folder,
                           const std::string& file) {
    const ZipEntry* entry = archive.find(folder + "/byteorder");
    if (entry == nullptr) return;  // older versions have none and were little-endian in practice
    const auto order = archive.data(*entry);
    const std::string_view text(reinterpret_cast<const char*>(order.data()), order.size());
    if (text != "little") {
        fail_unsupported(file, fmt::format("its byte order is {}", printable(text)),
                         "Save it again on a little-endian machine.");
    }
}

// Every index has to lie in the storage, and there are no more elements than the storage holds:
// strides of zero could otherwise make much out of a small file.
void require_inside(const PickledTensor& tensor, std::int64_t storage_elements,
                    const std::string& file) {
    const auto fail = [&] {
        fail_corrupt(file, fmt::format("its tensor of shape {}, strides {} and offset {} is not "
                                       "within its storage of {} elements",
                                       shape_text(tensor.shape), shape_text(tensor.strides),
                                       tensor.offset, storage_elements));
    };
    if (tensor.shape.size() != tensor.strides.size()) fail();
    if (tensor.offset < 0 || tensor.offset >= storage_elements) fail();
    std::int64_t last = tensor.offset;
    std::int64_t elements = 1;
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
        const std::int64_t size = tensor.shape[axis];
        const std::int64_t stride = tensor.strides[axis];
        if (size <= 0 || stride < 0 || size > storage_elements / elements) fail();
        elements *= size;
        if (size > 1 && stride > (storage_elements - 1 - last) / (size - 1)) fail();
        if (size > 1) last += stride * (size - 1);
    }
}

}  // namespace

TorchTensor read_torch_tensor(std::span<const std::byte> bytes, const std::string& file) {
    const ZipArchive archive(bytes, file);
    const ZipEntry& pickle = find_pickle(archive, file);
    const std::string folder = pickle.name.substr(0, pickle.name.size() - pickle_name.size());
    require_little_endian(archive, folder, file);
    const PickledTensor tensor = read_tensor_pickle(archive.data(pickle), file);
    const std::string storage_name = folder + "/data/" + tensor.storage_key;
    const ZipEntry* entry = archive.find(storage_name);
    if (entry == nullptr)
        fail_corrupt(file,
                     fmt::format("its values, entry {}, are missing", printable(storage_name)));
    const auto storage = archive.data(*entry);

    const auto element = static_cast<std::size_t>(block_bytes(tensor.type));
    const auto elements = static_cast<std::int64_t>(storage.size() / element);
    if (storage.size() % element != 0 || tensor.storage_elements != elements) {
        fail_corrupt(file, fmt::format("its values should be {} of type {}, but take {} bytes",
                                       tensor.storage_elements, name(tensor.type), storage.size()));
    }
    require_inside(tensor, elements, file);
    return TorchTensor{
        .type = tensor.type,
        .shape = tensor.shape,
        .strides = tensor.strides,
        .storage = storage.subspan(static_cast<std::size_t>(tensor.offset) * element)};
}

SilenceLatent read_silence_latent(std::span<const std::byte> bytes, const std::string& file,
                                  std::optional<std::int64_t> channels) {
    const TorchTensor tensor = read_torch_tensor(bytes, file);
    const std::size_t axes = tensor.shape.size();
    if (axes < 2 || axes > 3 || (axes == 3 && tensor.shape[0] != 1)) {
        fail_corrupt(file, fmt::format("it has shape {} where [1, channels, frames] is needed",
                                       shape_text(tensor.shape)));
    }
    SilenceLatent silence{
        .type = tensor.type, .frames = tensor.shape[axes - 1], .channels = tensor.shape[axes - 2]};
    if (channels && *channels != silence.channels) {
        fail_corrupt(file, fmt::format("it has {} channels where audio_acoustic_hidden_dim in "
                                       "config.json is {}",
                                       silence.channels, *channels));
    }
    const auto element = static_cast<std::size_t>(block_bytes(tensor.type));
    const std::int64_t frame_stride = tensor.strides[axes - 1];
    const std::int64_t channel_stride = tensor.strides[axes - 2];
    silence.values.resize(static_cast<std::size_t>(silence.frames * silence.channels) * element);
    std::byte* target = silence.values.data();
    for (std::int64_t frame = 0; frame < silence.frames; ++frame) {
        for (std::int64_t channel = 0; channel < silence.channels; ++channel) {
            const auto source =
                static_cast<std::size_t>(frame * frame_stride + channel * channel_stride);
            std::memcpy(target, tensor.storage.data() + source * element, element);
            target += element;
        }
    }
    return silence;
}

}  // namespace acestep::checkpoint
