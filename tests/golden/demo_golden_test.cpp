// The demo model as a whole, through the public engine: the official code's song of one seed.
//
// The model may be trained further; its golden file is then replaced with it, and so are the texts
// and settings, which are read from the file's metadata.
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "acestep/engine.h"
#include "checkpoint/checkpoint.h"
#include "models/vae.h"
#include "network_cases.h"
#include "support/golden.h"
#include "support/test_device.h"
#include "text/tokenizer.h"

namespace acestep::tests {
namespace {

std::filesystem::path demo() {
    return ACESTEP_DEMO_CHECKPOINTS;
}

/// The golden file beside the model, as arrays.
class DemoGolden : public ::testing::Test {
protected:
    Array array(const char* name) const {
        const checkpoint::TensorView* view = file_.find(name);
        return view ? Array(view->shape, checkpoint::to_float(*view)) : Array();
    }
    std::string text(const char* key) const { return file_.metadata().at(key); }
    /// The value of a line "- key: value" of the prompt.
    std::string meta(const std::string& key) const {
        const std::string prompt = text("prompt");
        std::smatch match;
        return std::regex_search(prompt, match, std::regex("- " + key + ": ([^\n]*)"))
                   ? match[1].str()
                   : std::string();
    }

    checkpoint::Checkpoint file_ = checkpoint::Checkpoint::open(demo() / "golden.safetensors");
};

TEST_F(DemoGolden, TokensAreIdentical) {
    const auto tokenizer =
        text::Tokenizer::from_file(demo() / "Qwen3-Embedding-0.6B" / "tokenizer.json");
    for (const auto& [prompt, ids] : {std::pair{"prompt", "text_ids"}, {"lyric", "lyric_ids"}}) {
        const Array want = array(ids);
        std::vector<text::TokenId> wanted;
        for (const float id : want.values) wanted.push_back(static_cast<text::TokenId>(id));
        EXPECT_EQ(tokenizer.encode(text(prompt)), wanted);
    }
}

TEST_F(DemoGolden, TheEngineMakesTheOfficialLatents) {
    const std::string prompt = text("prompt");
    const auto caption_begin = prompt.find("# Caption\n") + 10;
    SongRequest request;
    request.caption = prompt.substr(caption_begin, prompt.find("\n\n# Metas") - caption_begin);
    request.lyrics = "[Instrumental]";
    request.bpm = std::stod(meta("bpm"));
    request.timesignature = meta("timesignature");
    request.keyscale = meta("keyscale");
    request.duration = std::stod(text("duration"));
    request.shift = std::stod(text("shift"));
    request.seeds = {std::stoll(text("seed"))};
    request.noise_source = NoiseSource::cpu;
    request.thinking = Thinking::off;

    EngineOptions options{.checkpoints = demo(), .precision = Precision::f32};
    options.machine.device = test_device_name();
    Engine engine(options);
    const GenerationResult result = engine.generate(request);
    const Array want = array("latents");
    const Array latents({1, result.songs[0].latent_frames, want.shape.back()},
                        result.songs[0].latents);
    EXPECT_TRUE(close_to(latents, want, f32_bound));
}

TEST_F(DemoGolden, TheDecoderMakesTheOfficialSamples) {
    const auto checkpoint = checkpoint::Checkpoint::open(demo() / "vae");
    const auto config = models::read_vae_config(checkpoint.config(), "vae");
    const auto cpu = test_device();
    models::VaeDecoder decoder(checkpoint, config, runtime::WeightPolicy::f32);
    decoder.weights().load(*cpu);
    const Array latents = array("latents"), want = array("waveform_of_first_75_frames");
    constexpr std::int64_t frames = 75;
    const std::int64_t values = frames * latents.dim(2);
    const Array first({frames, latents.dim(2)},
                      std::vector<float>(latents.values.begin(), latents.values.begin() + values));
    const Array decoded = decoder.decode(*cpu, first, 0);
    Array planar(want.shape);
    for (std::int64_t i = 0; i < decoded.dim(0); ++i) {
        for (std::int64_t c = 0; c < decoded.dim(1); ++c) {
            planar.slice(c)[static_cast<std::size_t>(i)] =
                decoded.slice(i)[static_cast<std::size_t>(c)];
        }
    }
    EXPECT_TRUE(close_to(planar, want, f32_bound));
}

}  // namespace
}  // namespace acestep::tests
