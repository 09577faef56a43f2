#include "golden/network_cases.h"

#include <algorithm>
#include <numeric>

#include "support/test_device.h"

namespace acestep::tests {
namespace {

using models::KeyPadding;
using models::MaskedRows;

std::vector<bool> mask_row(const GoldenFile& file, const std::string& name, std::int64_t item,
                           std::int64_t length) {
    if (!file.has(name)) return std::vector<bool>(static_cast<std::size_t>(length), true);
    const Array mask = file.array(name);
    std::vector<bool> result;
    for (const float value : mask.slice(item)) result.push_back(value != 0);
    return result;
}

/// Vectors of every item's clips.
std::vector<std::vector<Array>> timbre_of(runtime::Device& device,
                                          const models::ConditionEncoder& encoder,
                                          const GoldenFile& golden, std::int64_t items) {
    const Array reference = golden.array("reference");
    std::vector<std::int64_t> order(static_cast<std::size_t>(reference.dim(0)));
    std::iota(order.begin(), order.end(), 0);
    if (golden.has("reference_order")) order = golden.integers("reference_order");
    std::vector<std::vector<Array>> clips(static_cast<std::size_t>(items));
    for (std::size_t clip = 0; clip < order.size(); ++clip) {
        clips[static_cast<std::size_t>(order[clip])].push_back(
            encoder.timbre(device, rows_of(reference, static_cast<std::int64_t>(clip))));
    }
    return clips;
}

}  // namespace

std::unique_ptr<runtime::Device> device() {
    // Matrices this small gain nothing from a second thread, and tests run beside each other.
    return test_device(1);
}

std::filesystem::path checkpoint_path(const std::string& name) {
    return golden_dir() / "checkpoints" / name;
}

Family::Family(const std::string& name)
    : checkpoint(checkpoint::Checkpoint::open(checkpoint_path(name))),
      config(models::read_acestep_config(checkpoint.config(), name)) {
    const checkpoint::TensorView& stored =
        checkpoint.get("silence_latent", checkpoint.find("silence_latent")->shape);
    silence = Array(stored.shape, checkpoint::to_float(stored));
}

Array rows_of(const Array& batch, std::int64_t item) {
    const auto slice = batch.slice(item);
    std::vector<std::int64_t> shape(batch.shape.begin() + 1, batch.shape.end());
    return Array(shape, std::vector<float>(slice.begin(), slice.end()));
}

Array stacked(const std::vector<Array>& items) {
    std::vector<std::int64_t> shape = items.front().shape;
    shape.insert(shape.begin(), static_cast<std::int64_t>(items.size()));
    Array result(shape);
    for (std::size_t i = 0; i < items.size(); ++i) {
        std::copy(items[i].values.begin(), items[i].values.end(),
                  result.slice(static_cast<std::int64_t>(i)).begin());
    }
    return result;
}

Array transposed(const Array& matrix) {
    Array result({matrix.dim(1), matrix.dim(0)});
    for (std::int64_t i = 0; i < matrix.dim(0); ++i) {
        for (std::int64_t j = 0; j < matrix.dim(1); ++j) {
            result.slice(j)[static_cast<std::size_t>(i)] =
                matrix.slice(i)[static_cast<std::size_t>(j)];
        }
    }
    return result;
}

std::vector<EncodedItem> encode_items(runtime::Device& device,
                                      const models::ConditionEncoder& encoder,
                                      const GoldenFile& golden, const std::string& text_name) {
    const Array lyric = golden.array("lyric"), text = golden.array(text_name);
    const auto clips = timbre_of(device, encoder, golden, lyric.dim(0));
    std::size_t most_clips = 0;
    for (const auto& item : clips) most_clips = std::max(most_clips, item.size());

    std::vector<EncodedItem> result;
    for (std::int64_t i = 0; i < lyric.dim(0); ++i) {
        EncodedItem item;
        const KeyPadding padding{mask_row(golden, "lyric_mask", i, lyric.dim(1))};
        item.lyrics = encoder.lyrics(device, rows_of(lyric, i), &padding);
        item.timbre = {Array({static_cast<std::int64_t>(most_clips), item.lyrics.dim(1)}),
                       std::vector<bool>(most_clips, false)};
        const auto& item_clips = clips[static_cast<std::size_t>(i)];
        for (std::size_t clip = 0; clip < item_clips.size(); ++clip) {
            const std::vector<float>& vector = item_clips[clip].values;
            std::copy(vector.begin(), vector.end(),
                      item.timbre.rows.slice(static_cast<std::int64_t>(clip)).begin());
            item.timbre.valid[clip] = true;
        }
        const MaskedRows texts{encoder.text(device, rows_of(text, i)),
                               mask_row(golden, "text_mask", i, text.dim(1))};
        item.packed = models::pack_conditions({item.lyrics, padding.valid}, item.timbre, texts);
        result.push_back(std::move(item));
    }
    return result;
}

}  // namespace acestep::tests
