// What quantized weights cost: each network and a whole sampler run of each type against f32.
//
// Bounds are two to three times what was measured (docs/numbers.md): weights and inputs are of one
// seed, and processors differ in how they round products of blocks.
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "acestep/engine.h"
#include "diffusion/sampler.h"
#include "golden/network_cases.h"
#include "golden/wide_checkpoint.h"
#include "models/audio_tokenizer.h"
#include "models/decoder.h"
#include "models/dit.h"
#include "models/kv_cache.h"
#include "models/language_model.h"
#include "models/qwen3.h"
#include "support/golden.h"
#include "support/random_array.h"
#include "support/temporary_directory.h"

namespace acestep::tests {
namespace {

using runtime::WeightPolicy;
using Ids = std::vector<std::int32_t>;

struct Bounds {
    double encoder, velocity, sampler_run, detokenizer, text_encoder, logits, demo_logits,
        demo_song;
};

struct Type {
    const char* name;
    WeightPolicy policy;
    Precision precision;
    Bounds bounds;
};

Array rows_below(std::vector<Array> parts) {
    std::vector<float> values;
    for (const Array& part : parts)
        values.insert(values.end(), part.values.begin(), part.values.end());
    const std::int64_t columns = parts.front().dim(1);
    return Array({static_cast<std::int64_t>(values.size()) / columns, columns}, values);
}

/// The diffusion model with its weights of one type.
struct Diffusion {
    Diffusion(const std::filesystem::path& folder, WeightPolicy policy)
        : checkpoint(checkpoint::Checkpoint::open(folder)),
          config(models::read_acestep_config(checkpoint.config(), "wide")),
          cpu(device()),
          encoder(checkpoint, config, policy),
          detokenizer(checkpoint, config, policy),
          dit(checkpoint, config, policy) {
        encoder.weights().load(*cpu);
        detokenizer.weights().load(*cpu);
        dit.weights().load(*cpu);
    }

    Array conditions() const {
        return rows_below(
            {encoder.lyrics(*cpu, tests::random_array({24, config.text_width}, 1)),
             encoder.timbre(*cpu, tests::random_array({60, config.latent_channels}, 2)),
             encoder.text(*cpu, tests::random_array({16, config.text_width}, 3))});
    }
    std::vector<models::DitCondition> condition(const Array& states) const {
        return {{states, tests::random_array({frames, config.context_channels()}, 4)}};
    }
    Array noise() const { return tests::random_array({1, frames, config.latent_channels}, 5); }

    /// Of f32's conditions, so that the error is the decoder's own.
    Array velocity(const Array& states) {
        const auto conditions = condition(states);
        models::DitRun run(*cpu, dit, conditions);
        const float t = 0.7f;
        return run.velocity(noise(), std::span(&t, 1), false).conditional;
    }
    /// Everything in this type, from conditions to latents.
    Array sampler_run() {
        const auto conditions = condition(this->conditions());
        models::DitRun run(*cpu, dit, conditions);
        diffusion::Network network;
        network.velocity = [&](const Array& x, float t, bool guided) {
            auto velocities = run.velocity(x, std::span(&t, 1), guided);
            return diffusion::Velocities{std::move(velocities.conditional),
                                         std::move(velocities.unconditional)};
        };
        diffusion::SamplerSettings settings;
        settings.turbo = true;
        diffusion::SamplerInput input;
        input.noise = noise();
        input.src_latents = noise();
        return diffusion::sample(std::move(input), diffusion::turbo_schedule(3), settings, network,
                                 {});
    }
    Array detokenized() const {
        const Ids codes = {0, 1, 999, 12345, 64000 - 1};
        return detokenizer.detokenize(*cpu, detokenizer.dequantize(*cpu, codes));
    }

    static constexpr std::int64_t frames = 64;
    checkpoint::Checkpoint checkpoint;
    models::AceStepConfig config;
    std::unique_ptr<runtime::Device> cpu;
    models::ConditionEncoder encoder;
    models::AudioDetokenizer detokenizer;
    models::Dit dit;
};

Array logits(const std::filesystem::path& folder, WeightPolicy policy, const Ids& ids) {
    const auto checkpoint = checkpoint::Checkpoint::open(folder);
    const auto cpu = device();
    models::LanguageModel model(checkpoint, policy);
    model.weights().load(*cpu);
    models::KvCache cache(*cpu, model.config(), model.cache_type(),
                          static_cast<std::int64_t>(ids.size()));
    models::Decoder decoder(*cpu, model, cache);
    return decoder.read_with_all_logits(ids, 0, model.all_tokens());
}

class Quantized : public ::testing::TestWithParam<Type> {
protected:
    static const Bounds& bounds() { return GetParam().bounds; }
    TemporaryDirectory folder_;
};

/// The f32 path and the type of the test, of the same weights.
class QuantizedDiffusion : public Quantized {
protected:
    static std::filesystem::path written(const std::filesystem::path& folder) {
        write_wide_diffusion_model(folder);
        return folder;
    }

    Diffusion exact_{written(folder_.path()), WeightPolicy::f32};
    Diffusion quantized_{folder_.path(), GetParam().policy};
};

TEST_P(QuantizedDiffusion, ConditionEncoderStaysClose) {
    EXPECT_TRUE(close_to(quantized_.conditions(), exact_.conditions(), bounds().encoder));
}

TEST_P(QuantizedDiffusion, DetokenizerStaysClose) {
    EXPECT_TRUE(close_to(quantized_.detokenized(), exact_.detokenized(), bounds().detokenizer));
}

TEST_P(QuantizedDiffusion, TransformerStaysClose) {
    const Array states = exact_.conditions();
    EXPECT_TRUE(close_to(quantized_.velocity(states), exact_.velocity(states), bounds().velocity));
}

TEST_P(QuantizedDiffusion, SamplerRunStaysClose) {
    EXPECT_TRUE(close_to(quantized_.sampler_run(), exact_.sampler_run(), bounds().sampler_run));
}

TEST_P(QuantizedDiffusion, TheTypeIsThatOfEveryMatrixInTheLayers) {
    int matrices = 0;
    for (const ggml_tensor* tensor : quantized_.dit.weights().tensors()) {
        const std::string name = ggml_get_name(tensor);
        if (name.find(".layers.") == std::string::npos || !name.ends_with("_proj.weight")) continue;
        EXPECT_EQ(tensor->type, runtime::type_of(GetParam().policy)) << name;
        ++matrices;
    }
    EXPECT_EQ(matrices, 4 * 11);
}

TEST_P(Quantized, TextEncoderStaysClose) {
    write_wide_text_model(folder_.path());
    const auto checkpoint = checkpoint::Checkpoint::open(folder_.path());
    const auto cpu = device();
    const Ids ids = {1, 50, 200, 511, 7, 7, 300, 42, 0, 128, 333};
    std::vector<Array> states;
    for (const WeightPolicy policy : {WeightPolicy::f32, GetParam().policy}) {
        models::Qwen3 encoder(checkpoint, policy);
        encoder.weights().load(*cpu);
        states.push_back(encoder.hidden_states(*cpu, ids));
    }
    EXPECT_TRUE(close_to(states[1], states[0], bounds().text_encoder));
}

TEST_P(Quantized, LanguageModelStaysClose) {
    write_wide_text_model(folder_.path());
    const Ids ids = {1, 50, 200, 511, 7, 7, 300, 42, 0, 128, 333};
    EXPECT_TRUE(close_to(logits(folder_.path(), GetParam().policy, ids),
                         logits(folder_.path(), WeightPolicy::f32, ids), bounds().logits));
}

TEST_P(Quantized, TrainedLanguageModelStaysClose) {
    const std::filesystem::path demo = ACESTEP_DEMO_CHECKPOINTS;
    const auto golden = nlohmann::json::parse(std::ifstream(demo / "golden_lm.json"));
    const Ids ids = golden.at("cases").at(0).at("prompt_ids").get<Ids>();
    const auto model = demo / "acestep-5Hz-lm-0.6B";
    EXPECT_TRUE(close_to(logits(model, GetParam().policy, ids),
                         logits(model, WeightPolicy::f32, ids), bounds().demo_logits));
}

// The demo's diffusion model and text encoder have rows of 128, 192, 384 and 576, which are q8_0
// whatever k-quant is asked for, so that this is one figure for all of them.
TEST_P(Quantized, TrainedModelMakesNearlyTheSameSong) {
    const auto latents = [](Precision precision) {
        Engine engine({.checkpoints = ACESTEP_DEMO_CHECKPOINTS, .precision = precision});
        SongRequest request;
        request.caption = "driving techno with organ, pulse bass, square lead and drums";
        request.duration = 10;
        request.seeds = {1};
        request.thinking = Thinking::off;
        const GenerationResult result = engine.generate(request);
        const std::vector<float>& values = result.songs.at(0).latents;
        return Array({1, static_cast<std::int64_t>(values.size())}, values);
    };
    EXPECT_TRUE(
        close_to(latents(GetParam().precision), latents(Precision::f32), bounds().demo_song));
}

const auto types = ::testing::Values(
    Type{"q8_0",
         WeightPolicy::q8_0,
         Precision::q8_0,
         {3e-2, 3e-2, 3e-2, 5e-2, 6e-2, 6e-2, 3e-2, 0.12}},
    Type{"q6_k",
         WeightPolicy::q6_k,
         Precision::q6_k,
         {6e-2, 6e-2, 6e-2, 0.1, 0.15, 0.15, 7e-2, 0.12}},
    Type{"q5_k", WeightPolicy::q5_k, Precision::q5_k, {0.1, 0.1, 0.1, 0.2, 0.25, 0.28, 0.11, 0.12}},
    Type{"q4_k",
         WeightPolicy::q4_k,
         Precision::q4_k,
         {0.18, 0.18, 0.18, 0.35, 0.5, 0.6, 0.22, 0.12}});
const auto type_name = [](const auto& instance) { return std::string(instance.param.name); };
INSTANTIATE_TEST_SUITE_P(Types, Quantized, types, type_name);
INSTANTIATE_TEST_SUITE_P(Types, QuantizedDiffusion, types, type_name);

}  // namespace
}  // namespace acestep::tests
