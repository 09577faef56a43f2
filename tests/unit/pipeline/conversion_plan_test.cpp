#include "pipeline/checkpoints/conversion_plan.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::pipeline {
namespace {

using checkpoint::DataType;
using checkpoint::TensorView;

DataType converted(std::string_view kind, const std::string& name, std::vector<std::int64_t> shape,
                   WeightType type, DataType stored = DataType::bf16) {
    TensorView tensor;
    tensor.name = name;
    tensor.type = stored;
    tensor.shape = std::move(shape);
    return converted_type(kind, tensor, type);
}

TEST(ConvertedType, OfMatricesIsTheOneAskedFor) {
    const auto matrix = [](WeightType type, std::int64_t columns) {
        return converted("dit", "decoder.layers.0.mlp.up_proj.weight", {512, columns}, type);
    };
    EXPECT_EQ(matrix(WeightType::bf16, 512), DataType::bf16);
    EXPECT_EQ(matrix(WeightType::f16, 512), DataType::f16);
    EXPECT_EQ(matrix(WeightType::q8_0, 512), DataType::q8_0);
    EXPECT_EQ(matrix(WeightType::q6_k, 512), DataType::q6_K);
    EXPECT_EQ(matrix(WeightType::q5_k, 512), DataType::q5_K);
    EXPECT_EQ(matrix(WeightType::q4_k, 512), DataType::q4_K);
    EXPECT_EQ(matrix(WeightType::q4_k, 192), DataType::q8_0);
    EXPECT_EQ(matrix(WeightType::q4_k, 6), DataType::bf16);
}

TEST(ConvertedType, IsNeverQuantizedWhereANetworkBeginsOrEnds) {
    for (const char* name :
         {"decoder.proj_in.1.weight", "decoder.proj_out.1.weight", "encoder.text_projector.weight",
          "encoder.lyric_encoder.embed_tokens.weight",
          "encoder.timbre_encoder.embed_tokens.weight"})
        EXPECT_EQ(converted("dit", name, {512, 512}, WeightType::q4_k, DataType::f32),
                  DataType::bf16)
            << name;
    EXPECT_EQ(converted("text_encoder", "embed_tokens.weight", {800, 256}, WeightType::q4_k),
              DataType::bf16);
}

TEST(ConvertedType, IsTheStoredOneForWhatHasToBeExact) {
    for (const char* name :
         {"decoder.time_embed.linear_1.weight", "decoder.time_embed_r.time_proj.weight",
          "tokenizer.attention_pooler.layers.0.mlp.up_proj.weight",
          "tokenizer.audio_acoustic_proj.weight", "silence_latent"})
        for (const DataType stored : {DataType::f32, DataType::bf16})
            EXPECT_EQ(converted("dit", name, {512, 256}, WeightType::q4_k, stored), stored) << name;
    EXPECT_EQ(converted("dit", "decoder.layers.0.scale_shift_table", {1, 6, 256}, WeightType::q4_k),
              DataType::bf16);
    EXPECT_EQ(converted("dit", "detokenizer.special_tokens", {1, 5, 256}, WeightType::q8_0),
              DataType::bf16);
    EXPECT_EQ(converted("lm", "model.norm.weight", {256}, WeightType::q8_0, DataType::f32),
              DataType::f32);
    EXPECT_EQ(converted("vae", "decoder.block.0.snake1.alpha", {1, 32, 1}, WeightType::f16),
              DataType::bf16);
}

TEST(ConvertedType, OfTheDetokenizersProjectionIsThatOfAMatrix) {
    EXPECT_EQ(
        converted("dit", "tokenizer.quantizer.project_out.weight", {256, 64}, WeightType::q8_0),
        DataType::q8_0);
}

TEST(ConvertedType, OfTheLanguageModelsTableHasSixBitsOrMore) {
    const auto table = [](WeightType type) {
        return converted("lm", "model.embed_tokens.weight", {512, 256}, type);
    };
    EXPECT_EQ(table(WeightType::q8_0), DataType::q8_0);
    for (const WeightType type : {WeightType::q6_k, WeightType::q5_k, WeightType::q4_k})
        EXPECT_EQ(table(type), DataType::q6_K);
}

TEST(ConvertedType, OfTypesThatGgufLacksIsWideEnough) {
    EXPECT_EQ(converted("dit", "decoder.norm_out.weight", {8}, WeightType::q8_0, DataType::f8_e4m3),
              DataType::bf16);
    EXPECT_EQ(converted("dit", "decoder.norm_out.weight", {8}, WeightType::q8_0, DataType::f64),
              DataType::f32);
    EXPECT_EQ(converted("dit", "decoder.layers.0.mlp.up_proj.weight", {2, 32}, WeightType::q8_0,
                        DataType::f8_e5m2),
              DataType::q8_0);
}

TEST(ConvertedName, SaysTheTypeOnce) {
    EXPECT_EQ(converted_name("a/acestep-v15-turbo", WeightType::q8_0),
              "acestep-v15-turbo-Q8_0.gguf");
    EXPECT_EQ(converted_name("a/acestep-v15-turbo/", WeightType::q4_k),
              "acestep-v15-turbo-Q4_K.gguf");
    EXPECT_EQ(converted_name("acestep-5Hz-lm-4B-Q5_K_M.gguf", WeightType::q4_k),
              "acestep-5Hz-lm-4B-Q4_K.gguf");
    EXPECT_EQ(converted_name("vae-BF16.gguf", WeightType::f16), "vae-F16.gguf");
}

TEST(PartsOf, AreThoseBelowAFolderOrTheFolderItself) {
    const std::filesystem::path demo = ACESTEP_DEMO_CHECKPOINTS;
    EXPECT_EQ(parts_of(demo).size(), 4u);
    EXPECT_EQ(parts_of(demo / "vae"), std::vector<std::filesystem::path>{demo / "vae"});
}

TEST(PlanConversion, KnowsPartsByTheirTensors) {
    const std::filesystem::path demo = ACESTEP_DEMO_CHECKPOINTS;
    const auto kind = [&](const char* folder) {
        const ConversionPlan plan = plan_conversion(demo / folder, WeightType::f16, true);
        return plan.kind;
    };
    EXPECT_EQ(kind("acestep-v15-turbo"), "dit");
    EXPECT_EQ(kind("acestep-5Hz-lm-0.6B"), "lm");
    EXPECT_EQ(kind("Qwen3-Embedding-0.6B"), "text_encoder");
    EXPECT_EQ(kind("vae"), "vae");
}

TEST(PlanConversion, ComparesCodesOfLanguageModelsBelowEightBitsOnly) {
    const std::filesystem::path demo = ACESTEP_DEMO_CHECKPOINTS;
    const auto compares = [&](const char* folder, WeightType type) {
        const ConversionPlan plan = plan_conversion(demo / folder, type, true);
        const bool has_place =
            std::any_of(plan.values.begin(), plan.values.end(),
                        [](const auto& value) { return value.first == "acestep.code_agreement"; });
        EXPECT_EQ(plan.compares_codes(), has_place);
        return has_place;
    };
    EXPECT_FALSE(compares("acestep-5Hz-lm-0.6B", WeightType::q8_0));
    EXPECT_TRUE(compares("acestep-5Hz-lm-0.6B", WeightType::q6_k));
    EXPECT_FALSE(compares("acestep-v15-turbo", WeightType::q4_k));
}

TEST(PlanConversion, LeavesTheAutoencoderF16) {
    const std::filesystem::path vae = std::filesystem::path(ACESTEP_DEMO_CHECKPOINTS) / "vae";
    EXPECT_EQ(plan_conversion(vae, WeightType::q4_k, false).type, WeightType::f16);
    EXPECT_THROW(plan_conversion(vae, WeightType::q4_k, true), Error);
}

}  // namespace
}  // namespace acestep::pipeline
