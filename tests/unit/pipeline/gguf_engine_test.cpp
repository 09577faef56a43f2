// The engine on GGUF files as acestep.cpp writes them: the same song as from the official folders.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <ggml.h>

#include "acestep/engine.h"
#include "checkpoint/checkpoint.h"
#include "support/checkpoint_writer.h"
#include "support/golden.h"
#include "support/temporary_directory.h"

namespace acestep::pipeline {
namespace {

using checkpoint::Checkpoint;
using checkpoint::DataType;
using tests::StoredTensor;

const std::filesystem::path demo = ACESTEP_DEMO_CHECKPOINTS;

StoredTensor stored(const checkpoint::TensorView& view) {
    return {view.name, view.type, view.shape,
            std::string(reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size())};
}

/// q8_0 for what acestep.cpp's quantizer would take (spec dit.md 9.3).
StoredTensor quantized(const checkpoint::TensorView& view) {
    const bool small = view.shape.size() < 2 || view.shape.back() % 32 != 0 || view.shape[0] == 1;
    if (small || view.name == "silence_latent" || view.name.ends_with("scale_shift_table")) {
        return stored(view);
    }
    const std::vector<float> values = checkpoint::to_float(view);
    const std::int64_t columns = view.shape.back();
    const std::int64_t rows = static_cast<std::int64_t>(values.size()) / columns;
    std::string bytes(ggml_row_size(GGML_TYPE_Q8_0, columns) * static_cast<std::size_t>(rows),
                      '\0');
    ggml_quantize_chunk(GGML_TYPE_Q8_0, values.data(), bytes.data(), 0, rows, columns, nullptr);
    return {view.name, DataType::q8_0, view.shape, std::move(bytes)};
}

void write_component(const std::filesystem::path& path, const char* architecture,
                     const std::filesystem::path& folder, bool quantize) {
    const Checkpoint source = Checkpoint::open(folder);
    std::vector<StoredTensor> tensors;
    for (const checkpoint::TensorView& view : source.tensors()) {
        tensors.push_back(quantize ? quantized(view) : stored(view));
    }
    tests::write_gguf(path, tensors,
                      {{"general.architecture", std::string(architecture)},
                       {"acestep.config_json", source.config().dump()}});
}

class GgufEngine : public ::testing::Test {
protected:
    /// A checkpoints folder whose diffusion model and autoencoder are GGUF files.
    void write_folder(bool quantize) {
        std::filesystem::copy(demo / "Qwen3-Embedding-0.6B",
                              folder_.path() / "Qwen3-Embedding-0.6B",
                              std::filesystem::copy_options::recursive);
        write_component(folder_.path() / "acestep-v15-turbo-BF16.gguf", "acestep-dit",
                        demo / "acestep-v15-turbo", quantize);
        write_component(folder_.path() / "vae-BF16.gguf", "acestep-vae", demo / "vae", false);
    }

    static Array latents(const std::filesystem::path& checkpoints) {
        Engine engine({.checkpoints = checkpoints});
        SongRequest request;
        request.caption = "chiptune, playful, square lead, pulse bass, drums";
        request.duration = 5.2;
        request.seeds = {1};
        request.thinking = Thinking::off;  // only one of the folders has a language model
        const GenerationResult result = engine.generate(request);
        const Song& song = result.songs.at(0);
        return Array({static_cast<std::int64_t>(song.latents.size())}, song.latents);
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(GgufEngine, MakesTheSameSongFromTheSameWeights) {
    write_folder(false);
    EXPECT_EQ(latents(folder_.path()).values, latents(demo).values);
}

TEST_F(GgufEngine, MakesNearlyTheSameSongFromQuantizedWeights) {
    write_folder(true);
    const double error = tests::relative_error(latents(folder_.path()), latents(demo));
    EXPECT_GT(error, 0);    // the quantized weights were used
    EXPECT_LT(error, 0.2);  // 8 bits over eight steps
}

}  // namespace
}  // namespace acestep::pipeline
