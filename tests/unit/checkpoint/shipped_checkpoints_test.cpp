// The checkpoints of this repository: the golden ones and the demo set.
#include <cstdint>
#include <cstring>

#include <nlohmann/json.hpp>

#include "checkpoint/checkpoint.h"
#include "support/checkpoint_writer.h"
#include "support/golden.h"

namespace acestep::tests {
namespace {

using checkpoint::Checkpoint;
using checkpoint::DataType;

// Silence straight from its file, without our reader: torch stores the values uncompressed, behind
// the name "…/data/0" and as many bytes of padding as the two bytes before the name say.
std::vector<float> raw_silence(const std::filesystem::path& file, std::size_t elements) {
    const std::string bytes = read_file(file);
    const std::string name = "/data/0";
    const std::size_t name_begin = bytes.find(name);
    std::uint16_t padding = 0;
    std::memcpy(&padding, bytes.data() + bytes.rfind("PK\3\4", name_begin) + 28, sizeof padding);
    std::vector<float> values(elements);
    std::memcpy(values.data(), bytes.data() + name_begin + name.size() + padding,
                elements * sizeof(float));
    return values;
}

void expect_transposed(const checkpoint::TensorView& silence, const std::filesystem::path& file) {
    const auto frames = static_cast<std::size_t>(silence.shape.at(0));
    const auto channels = static_cast<std::size_t>(silence.shape.at(1));
    const std::vector<float> raw = raw_silence(file, frames * channels);
    const std::vector<float> values = to_float(silence);
    std::size_t different = 0;
    for (std::size_t frame = 0; frame < frames; ++frame)
        for (std::size_t channel = 0; channel < channels; ++channel)
            different += values[frame * channels + channel] != raw[channel * frames + frame];
    EXPECT_EQ(different, 0u);
}

TEST(ShippedCheckpoints, EveryGoldenCheckpointOpens) {
    const auto folder = golden_dir() / "checkpoints";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "golden checkpoints absent";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        SCOPED_TRACE(entry.path().string());
        const Checkpoint opened = Checkpoint::open(entry.path());
        EXPECT_FALSE(opened.config().empty());
        EXPECT_FALSE(opened.tensors().empty());
        const bool has_silence = std::filesystem::exists(entry.path() / "silence_latent.pt");
        const auto* silence = opened.find("silence_latent");
        ASSERT_EQ(silence != nullptr, has_silence);
        if (!has_silence) continue;
        EXPECT_EQ(silence->shape, (std::vector<std::int64_t>{750, 64}));
        expect_transposed(*silence, entry.path() / "silence_latent.pt");
    }
}

TEST(ShippedCheckpoints, EveryGoldenFileOpens) {
    for (const std::string& name : golden_files("", ".safetensors"))
        EXPECT_FALSE(Checkpoint::open(golden_dir() / name).tensors().empty()) << name;
}

TEST(ShippedCheckpoints, TheDemoSetOpens) {
    const std::filesystem::path demo = ACESTEP_DEMO_CHECKPOINTS;
    for (const char* name :
         {"acestep-v15-turbo", "vae", "Qwen3-Embedding-0.6B", "acestep-5Hz-lm-0.6B"})
        EXPECT_FALSE(Checkpoint::open(demo / name).config().empty()) << name;
}

// Values that numpy finds in the file with the rule of dit.md 9.2.
TEST(ShippedCheckpoints, TheDemoSilenceIsWhatNumpyReads) {
    const std::filesystem::path folder =
        std::filesystem::path(ACESTEP_DEMO_CHECKPOINTS) / "acestep-v15-turbo";
    const Checkpoint opened = Checkpoint::open(folder);
    const auto& silence = opened.get("silence_latent", {15000, 16});
    EXPECT_EQ(silence.type, DataType::f32);
    const auto values = to_float(silence);
    const auto at = [&](std::size_t frame, std::size_t channel) {
        return values[frame * 16 + channel];
    };
    EXPECT_EQ(at(0, 0), 3.2421875e-01f);
    EXPECT_EQ(at(0, 15), -3.8330078e-02f);
    EXPECT_EQ(at(1, 0), 4.8632812e-01f);
    EXPECT_EQ(at(777, 3), -1.4941406e-01f);
    EXPECT_EQ(at(14999, 15), -4.4677734e-02f);
    expect_transposed(silence, folder / "silence_latent.pt");
}

}  // namespace
}  // namespace acestep::tests
