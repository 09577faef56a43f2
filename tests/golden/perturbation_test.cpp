// The golden cases notice a wrong weight: every tensor of every network in turn is perturbed by 10
// %, and the case it belongs to has to fail.
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "golden/network_cases.h"
#include "models/audio_tokenizer.h"
#include "models/dit.h"
#include "models/qwen3.h"
#include "models/vae.h"
#include "runtime/tensor_set.h"
#include "support/golden.h"

namespace acestep::tests {
namespace {

using runtime::WeightPolicy;

/// Every value 10 % larger or smaller, by turns that do not follow rows. Not all of them larger: a
/// norm behind queries and keys would take a common factor out again.
void perturb(ggml_tensor* tensor) {
    Array values = runtime::TensorSet::read(tensor, {ggml_nelements(tensor)});
    for (std::size_t i = 0; i < values.values.size(); ++i) {
        values.values[i] *= (i * 2654435761u >> 13) % 2 == 0 ? 1.1f : 0.9f;
    }
    runtime::TensorSet::write(tensor, values.values);
}

/// `passes` tells whether the golden case holds with the weights as they are.
void expect_every_weight_to_matter(runtime::WeightSet& weights,
                                   const std::function<bool()>& passes) {
    ASSERT_TRUE(passes()) << "the case fails with the right weights";
    for (ggml_tensor* tensor : weights.tensors()) {
        ASSERT_EQ(tensor->type, GGML_TYPE_F32);
        const Array before = runtime::TensorSet::read(tensor, {ggml_nelements(tensor)});
        perturb(tensor);
        EXPECT_FALSE(passes()) << tensor->name << " is perturbed and nothing shows it";
        runtime::TensorSet::write(tensor, before.values);
    }
}

bool within_bound(const Array& got, const Array& want) {
    return relative_error(got, want) <= f32_bound;
}

TEST(Perturbation, ShowsInTheTextEncoder) {
    ACESTEP_GOLDEN(golden, "text_encoder.safetensors");
    const auto checkpoint = checkpoint::Checkpoint::open(checkpoint_path("text-encoder"));
    const auto cpu = device();
    models::Qwen3 encoder(checkpoint, WeightPolicy::f32);
    encoder.weights().load(*cpu);
    const auto stored = golden.integers("ids0");
    const std::vector<std::int32_t> ids(stored.begin(), stored.end());
    const Array want = rows_of(golden.array("hidden0"), 0);
    expect_every_weight_to_matter(
        encoder.weights(), [&] { return within_bound(encoder.hidden_states(*cpu, ids), want); });
}

TEST(Perturbation, ShowsInTheConditionEncoderOfBothFamilies) {
    for (const std::string family_name : {"turbo", "xl"}) {
        ACESTEP_GOLDEN(golden, family_name + ".condition.safetensors");
        Family family(family_name);
        const auto cpu = device();
        models::ConditionEncoder encoder(family.checkpoint, family.config, WeightPolicy::f32);
        encoder.weights().load(*cpu);
        const Array want = golden.array("encoder_out"), timbre_want = golden.array("timbre_out");
        expect_every_weight_to_matter(encoder.weights(), [&] {
            std::vector<Array> packed, timbre;
            for (EncodedItem& item : encode_items(*cpu, encoder, golden, "text")) {
                packed.push_back(std::move(item.packed.rows));
                timbre.push_back(std::move(item.timbre.rows));
            }
            return within_bound(stacked(packed), want) &&
                   within_bound(stacked(timbre), timbre_want);
        });
    }
}

TEST(Perturbation, ShowsInTheAudioDetokenizer) {
    ACESTEP_GOLDEN(golden, "turbo.tokenizer.safetensors");
    Family family("turbo");
    const auto cpu = device();
    models::AudioDetokenizer detokenizer(family.checkpoint, family.config, WeightPolicy::f32);
    detokenizer.weights().load(*cpu);
    const auto stored = golden.integers("given_codes");
    const std::vector<std::int32_t> codes(stored.begin(), stored.end());
    Array want = golden.array("given_detokenized");
    want.shape = {want.dim(0) * want.dim(1), want.dim(2)};
    expect_every_weight_to_matter(detokenizer.weights(), [&] {
        return within_bound(detokenizer.detokenize(*cpu, detokenizer.dequantize(*cpu, codes)),
                            want);
    });
}

TEST(Perturbation, ShowsInTheAudioTokenizer) {
    ACESTEP_GOLDEN(golden, "turbo.tokenizer.safetensors");
    Family family("turbo");
    const auto cpu = device();
    models::AudioTokenizer tokenizer(family.checkpoint, family.config);
    tokenizer.weights().load(*cpu);
    const Array latents = golden.array("latents");
    const auto want = golden.integers("codes");
    // Codes are steps: a weight off by a tenth moves what is rounded, and shows where a step lies
    // between. A few dozen roundings do not show every one of the pooler's, so a share has to.
    std::size_t shown = 0;
    const auto tensors = tokenizer.weights().tensors();
    for (ggml_tensor* tensor : tensors) {
        const Array before = runtime::TensorSet::read(tensor, {ggml_nelements(tensor)});
        perturb(tensor);
        std::vector<std::int64_t> codes;
        for (std::int64_t item = 0; item < latents.dim(0); ++item) {
            const auto part = tokenizer.tokenize(*cpu, rows_of(latents, item), family.silence);
            codes.insert(codes.end(), part.begin(), part.end());
        }
        if (codes != want) ++shown;
        runtime::TensorSet::write(tensor, before.values);
    }
    EXPECT_GE(2 * shown, tensors.size()) << shown << " of " << tensors.size();
}

TEST(Perturbation, ShowsInTheDiffusionTransformerOfBothFamilies) {
    for (const std::string family_name : {"turbo", "xl"}) {
        ACESTEP_GOLDEN(golden, family_name + ".dit.safetensors");
        Family family(family_name);
        const auto cpu = device();
        models::Dit dit(family.checkpoint, family.config, WeightPolicy::f32);
        dit.weights().load(*cpu);
        const Array x = golden.array("xt"), encoder = golden.array("encoder");
        const Array context = golden.array("context"), want = golden.array("velocity");
        const Array t = golden.array("t"), r = golden.array("r");
        std::vector<models::DitCondition> conditions;
        for (std::int64_t item = 0; item < x.dim(0); ++item) {
            conditions.push_back({rows_of(encoder, item), rows_of(context, item)});
        }
        // The case has no unconditional branch, so its reference is our own with the right weights.
        const auto unconditional = [&] {
            models::DitRun run(*cpu, dit, conditions);
            return run.velocity(x, t.values, true).unconditional;
        };
        const Array unconditional_want = unconditional();
        expect_every_weight_to_matter(dit.weights(), [&] {
            models::DitRun run(*cpu, dit, conditions);
            return within_bound(run.trace(x, t.values, r.values).velocity, want) &&
                   within_bound(unconditional(), unconditional_want);
        });
    }
}

TEST(Perturbation, ShowsInTheAutoencoder) {
    ACESTEP_GOLDEN(golden, "vae.safetensors");
    const auto checkpoint = checkpoint::Checkpoint::open(checkpoint_path("vae"));
    const auto config = models::read_vae_config(checkpoint.config(), "vae");
    const auto cpu = device();
    models::VaeEncoder encoder(checkpoint, config, WeightPolicy::f32);
    models::VaeDecoder decoder(checkpoint, config, WeightPolicy::f32);
    encoder.weights().load(*cpu);
    decoder.weights().load(*cpu);
    const Array audio = transposed(rows_of(golden.array("audio"), 0));
    const Array mean = transposed(rows_of(golden.array("mean"), 0));
    const Array deviation = transposed(rows_of(golden.array("std"), 0));
    expect_every_weight_to_matter(encoder.weights(), [&] {
        const auto posterior = encoder.encode(*cpu, audio, 0);
        return within_bound(posterior.mean, mean) && within_bound(posterior.deviation, deviation);
    });
    const Array latents = transposed(rows_of(golden.array("latents"), 0));
    const Array decoded = transposed(rows_of(golden.array("decoded"), 0));
    expect_every_weight_to_matter(
        decoder.weights(), [&] { return within_bound(decoder.decode(*cpu, latents, 0), decoded); });
}

}  // namespace
}  // namespace acestep::tests
