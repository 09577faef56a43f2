// Each network alone against the official code: inputs from the golden file, every output compared.
//
// Three paths: f32 (weights widened, bound 1e-4), bf16 (weights and products in bfloat16; the bound
// of each network is stated beside it and follows from 8 bits of mantissa over its depth) and q8_0.
// Rows here are shorter than 256, so that k-quants would be q8_0; quantization_test.cpp has them.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "golden/network_cases.h"
#include "models/acestep_config.h"
#include "models/audio_tokenizer.h"
#include "models/condition_encoder.h"
#include "models/dit.h"
#include "models/qwen3.h"
#include "models/timestep_embedding.h"
#include "models/vae.h"
#include "support/golden.h"

namespace acestep::tests {
namespace {

using runtime::WeightPolicy;

struct Path {
    const char* name;
    WeightPolicy policy;
    double bound;
};

class AceStepNetwork : public ::testing::TestWithParam<std::tuple<std::string, Path>> {
protected:
    std::string family_name() const { return std::get<0>(GetParam()); }
    const Path& path() const { return std::get<1>(GetParam()); }
};

TEST_P(AceStepNetwork, EmbedsTimestepsLikeTheOfficialCode) {
    ACESTEP_GOLDEN(golden, family_name() + ".time_embed.safetensors");
    Family family(family_name());
    const auto cpu = device();
    runtime::WeightSet weights("time embedding", family.checkpoint, path().policy);
    const std::int64_t width = family.config.decoder.hidden_size;
    models::TimestepEmbedding embedding(weights, "decoder.time_embed", width);
    weights.load(*cpu);
    const Array t = golden.array("t");
    runtime::Graph graph(*cpu, "test");
    ggml_tensor* input = graph.input(GGML_TYPE_F32, {t.size(), models::sinusoid_width});
    const auto result = embedding.apply(graph, input);
    ggml_tensor* temb = graph.output(result.embedding);
    ggml_tensor* modulation = graph.output(result.modulation);
    graph.allocate();
    graph.set(input, models::timestep_sinusoids(t.values));
    graph.run();
    // The embedding is f32 on every path.
    EXPECT_TRUE(close_to(graph.get(temb, {t.size(), width}), golden.array("temb"), f32_bound));
    EXPECT_TRUE(
        close_to(graph.get(modulation, {t.size(), 6, width}), golden.array("proj"), f32_bound));
}

TEST_P(AceStepNetwork, DiffusionTransformerMatchesLayerByLayer) {
    ACESTEP_GOLDEN(golden, family_name() + ".dit.safetensors");
    Family family(family_name());
    const auto cpu = device();
    models::Dit dit(family.checkpoint, family.config, path().policy);
    dit.weights().load(*cpu);
    const Array x = golden.array("xt"), encoder = golden.array("encoder");
    const Array context = golden.array("context");
    std::vector<models::DitCondition> conditions;
    for (std::int64_t item = 0; item < x.dim(0); ++item) {
        conditions.push_back({rows_of(encoder, item), rows_of(context, item)});
    }
    models::DitRun run(*cpu, dit, conditions);
    const auto trace = run.trace(x, golden.array("t").values, golden.array("r").values);
    EXPECT_TRUE(close_to(trace.states[0], golden.array("proj_in"), path().bound)) << "proj_in";
    for (std::size_t i = 1; i < trace.states.size(); ++i) {
        const std::string layer = "layer" + std::to_string(i - 1);
        EXPECT_TRUE(close_to(trace.states[i], golden.array(layer), path().bound)) << layer;
    }
    EXPECT_TRUE(close_to(trace.velocity, golden.array("velocity"), path().bound));
}

/// Of item 1 of a family's golden file with r = t, by a second implementation of the network in
/// NumPy: `[2, 3, 3]`, head 0 of layer 1 and head 2 of layer 3 at tokens 2, 9, 18 and patches 0,
/// 11, 37.
const std::map<std::string, std::vector<float>> cross_attention_samples{
    {"turbo",
     {0.015045f, 0.137854f, 0.035855f, 0.04916f, 0.008307f, 0.027537f, 0.013748f, 0.104172f,
      0.02105f, 0.023567f, 0.003681f, 0.029028f, 0.011303f, 0.088445f, 0.016964f, 0.04709f,
      0.035548f, 0.04535f}},
    {"base",
     {0.059317f, 0.191344f, 0.142459f, 0.007605f, 0.005712f, 0.006235f, 0.029819f, 0.009073f,
      0.008618f, 0.096723f, 0.12057f, 0.040104f, 0.026594f, 0.096594f, 0.056502f, 0.080087f,
      0.103286f, 0.041832f}},
    {"xl",
     {0.041019f, 0.034007f, 0.017869f, 0.003085f, 0.007205f, 0.00759f, 0.02357f, 0.021076f,
      0.028552f, 0.12242f, 0.043821f, 0.041155f, 0.085939f, 0.080334f, 0.044993f, 0.041052f,
      0.101272f, 0.061658f}}};

TEST_P(AceStepNetwork, CrossAttentionMatchesTheProbabilities) {
    ACESTEP_GOLDEN(golden, family_name() + ".dit.safetensors");
    Family family(family_name());
    const auto cpu = device();
    models::Dit dit(family.checkpoint, family.config, path().policy);
    dit.weights().load(*cpu);
    const std::vector<models::DitCondition> condition{
        {rows_of(golden.array("encoder"), 1), rows_of(golden.array("context"), 1)}};
    models::DitRun run(*cpu, dit, condition);
    const Array x = stacked({rows_of(golden.array("xt"), 1)});
    const std::vector<models::AttentionHead> heads{{1, 0}, {3, 2}};
    const Array seen = run.cross_attention(x, golden.array("t").values[1], heads, 0,
                                           condition[0].encoder_states.dim(0));
    Array samples({2, 3, 3});
    auto next = samples.values.begin();
    for (std::int64_t head = 0; head < 2; ++head)
        for (const std::int64_t token : {2, 9, 18})
            for (const std::int64_t patch : {0, 11, 37})
                *next++ = seen.slice(head)[static_cast<std::size_t>(token * seen.dim(2) + patch)];
    const Array expected({2, 3, 3}, cross_attention_samples.at(family_name()));
    EXPECT_TRUE(close_to(samples, expected, path().bound));
}

/// Both condition files: without and with padding longer than the window.
void check_conditions(const std::string& family_name, const std::string& kind, const Path& path) {
    ACESTEP_GOLDEN(golden, family_name + "." + kind + ".safetensors");
    Family family(family_name);
    const auto cpu = device();
    models::ConditionEncoder encoder(family.checkpoint, family.config, path.policy);
    encoder.weights().load(*cpu);
    std::vector<Array> packed, lyrics, timbre;
    std::vector<std::int64_t> mask;
    for (EncodedItem& item : encode_items(*cpu, encoder, golden, "text")) {
        mask.insert(mask.end(), item.packed.valid.begin(), item.packed.valid.end());
        packed.push_back(std::move(item.packed.rows));
        lyrics.push_back(std::move(item.lyrics));
        timbre.push_back(std::move(item.timbre.rows));
    }
    EXPECT_EQ(mask, golden.integers("encoder_mask"));
    EXPECT_TRUE(close_to(stacked(packed), golden.array("encoder_out"), path.bound));
    if (golden.has("lyric_out")) {
        EXPECT_TRUE(close_to(stacked(lyrics), golden.array("lyric_out"), path.bound));
        EXPECT_TRUE(close_to(stacked(timbre), golden.array("timbre_out"), path.bound));
    }
}

TEST_P(AceStepNetwork, ConditionEncoderMatches) {
    check_conditions(family_name(), "condition", path());
}

/// A family more: the base model of the larger family has data of this kind only.
class PaddedConditions : public AceStepNetwork {};

TEST_P(PaddedConditions, ConditionEncoderMatchesWithPadding) {
    check_conditions(family_name(), "condition_padding", path());
}

TEST_P(AceStepNetwork, AudioTokenizerGivesTheSameCodesAndLatents) {
    ACESTEP_GOLDEN(golden, family_name() + ".tokenizer.safetensors");
    Family family(family_name());
    const auto cpu = device();
    models::AudioTokenizer tokenizer(family.checkpoint, family.config);
    models::AudioDetokenizer detokenizer(family.checkpoint, family.config, path().policy);
    tokenizer.weights().load(*cpu);
    detokenizer.weights().load(*cpu);
    const Array latents = golden.array("latents");
    std::vector<std::int64_t> codes;
    std::vector<Array> quantized, detokenized;
    for (std::int64_t item = 0; item < latents.dim(0); ++item) {
        const auto item_codes = tokenizer.tokenize(*cpu, rows_of(latents, item), family.silence);
        codes.insert(codes.end(), item_codes.begin(), item_codes.end());
        quantized.push_back(detokenizer.dequantize(*cpu, item_codes));
        detokenized.push_back(detokenizer.detokenize(*cpu, quantized.back()));
    }
    EXPECT_EQ(codes, golden.integers("codes"));
    EXPECT_TRUE(close_to(stacked(quantized), golden.array("quantized"), path().bound));
    EXPECT_TRUE(close_to(stacked(detokenized), golden.array("detokenized"), path().bound));

    const std::vector<std::int64_t> given = golden.integers("given_codes");
    const std::vector<std::int32_t> given_codes(given.begin(), given.end());
    const Array want = golden.array("given_quantized");
    Array given_quantized = detokenizer.dequantize(*cpu, given_codes);
    Array given_latents = detokenizer.detokenize(*cpu, given_quantized);
    given_quantized.shape = want.shape;
    given_latents.shape = golden.array("given_detokenized").shape;
    EXPECT_TRUE(close_to(given_quantized, want, path().bound));
    EXPECT_TRUE(close_to(given_latents, golden.array("given_detokenized"), path().bound));
}

const auto paths = ::testing::Values(Path{"f32", WeightPolicy::f32, f32_bound},
                                     Path{"bf16", WeightPolicy::bf16, 2e-2},
                                     Path{"q8_0", WeightPolicy::q8_0, 8e-2});
const auto case_name = [](const auto& instance) {
    return std::get<0>(instance.param) + "_" + std::string(std::get<1>(instance.param).name);
};
INSTANTIATE_TEST_SUITE_P(Families, AceStepNetwork,
                         ::testing::Combine(::testing::Values("turbo", "base", "xl"), paths),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Families, PaddedConditions,
                         ::testing::Combine(::testing::Values("turbo", "base", "xl", "xlbase"),
                                            paths),
                         case_name);

class TextEncoderNetwork : public ::testing::TestWithParam<Path> {};

TEST_P(TextEncoderNetwork, Matches) {
    ACESTEP_GOLDEN(golden, "text_encoder.safetensors");
    const auto checkpoint = checkpoint::Checkpoint::open(checkpoint_path("text-encoder"));
    const auto cpu = device();
    models::Qwen3 encoder(checkpoint, GetParam().policy);
    encoder.weights().load(*cpu);
    for (const std::string item : {"0", "1"}) {
        const std::vector<std::int64_t> stored = golden.integers("ids" + item);
        const std::vector<std::int32_t> ids(stored.begin(), stored.end());
        const Array hidden = golden.array("hidden" + item);
        EXPECT_TRUE(
            close_to(encoder.hidden_states(*cpu, ids), rows_of(hidden, 0), GetParam().bound));
        EXPECT_TRUE(close_to(encoder.embeddings(*cpu, ids),
                             rows_of(golden.array("embedding" + item), 0), f32_bound));
    }
}

const auto path_name = [](const auto& instance) { return std::string(instance.param.name); };
INSTANTIATE_TEST_SUITE_P(Paths, TextEncoderNetwork, paths, path_name);

/// The block's index when `name` is one of its outputs, such as "encoder_block3".
std::optional<std::size_t> block_index(const std::string& name, const std::string& prefix) {
    if (!name.starts_with(prefix)) return std::nullopt;
    return static_cast<std::size_t>(std::stoi(name.substr(prefix.size())));
}

struct Autoencoder {
    checkpoint::Checkpoint checkpoint = checkpoint::Checkpoint::open(checkpoint_path("vae"));
    models::VaeConfig config = models::read_vae_config(checkpoint.config(), "vae");
    std::unique_ptr<runtime::Device> cpu = device();
};

class AutoencoderNetwork : public ::testing::TestWithParam<Path> {};

TEST_P(AutoencoderNetwork, EncoderMatchesBlockByBlock) {
    ACESTEP_GOLDEN(golden, "vae.safetensors");
    const Autoencoder vae;
    models::VaeEncoder encoder(vae.checkpoint, vae.config, GetParam().policy);
    encoder.weights().load(*vae.cpu);
    // The encoder's sines amplify rounding from block to block, and random weights give no mercy.
    const double bound = GetParam().policy == WeightPolicy::f32 ? f32_bound : 5e-2;
    const Array audio = transposed(rows_of(golden.array("audio"), 0));
    const auto posterior = encoder.encode(*vae.cpu, audio, 0);
    EXPECT_TRUE(close_to(posterior.mean, transposed(rows_of(golden.array("mean"), 0)), bound));
    EXPECT_TRUE(close_to(posterior.deviation, transposed(rows_of(golden.array("std"), 0)), bound));
    const std::vector<Array> blocks = encoder.trace(*vae.cpu, audio);
    for (const std::string& name : golden.names()) {
        const auto index = block_index(name, "encoder_block");
        if (!index) continue;
        const Array want = transposed(rows_of(golden.array(name), 0));
        EXPECT_TRUE(close_to(blocks.at(*index), want, bound)) << name;
    }
}

TEST_P(AutoencoderNetwork, DecoderMatchesBlockByBlock) {
    ACESTEP_GOLDEN(golden, "vae.safetensors");
    const Autoencoder vae;
    models::VaeDecoder decoder(vae.checkpoint, vae.config, GetParam().policy);
    decoder.weights().load(*vae.cpu);
    const double bound = GetParam().bound;
    const Array latents = golden.array("latents");
    for (std::int64_t item = 0; item < latents.dim(0); ++item) {
        const Array rows = transposed(rows_of(latents, item));
        const Array want = transposed(rows_of(golden.array("decoded"), item));
        EXPECT_TRUE(close_to(decoder.decode(*vae.cpu, rows, 0), want, bound));
        const std::vector<Array> blocks = decoder.trace(*vae.cpu, rows);
        for (const std::string& name : golden.names()) {
            const auto index = block_index(name, "decoder_block");
            if (!index) continue;
            const Array block = transposed(rows_of(golden.array(name), item));
            EXPECT_TRUE(close_to(blocks.at(*index), block, bound)) << name;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Paths, AutoencoderNetwork,
                         ::testing::Values(Path{"f32", WeightPolicy::f32, f32_bound},
                                           Path{"f16", WeightPolicy::f16, 1e-2}),
                         path_name);

}  // namespace
}  // namespace acestep::tests
