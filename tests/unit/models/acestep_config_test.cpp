#include "models/acestep_config.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "models/qwen3.h"
#include "models/vae_config.h"

namespace acestep::models {
namespace {

using nlohmann::json;

json demo(const char* folder) {
    std::ifstream stream(std::string(ACESTEP_DEMO_CHECKPOINTS) + "/" + folder + "/config.json");
    return json::parse(stream);
}

template <typename Read>
void expect_refused(const json& config, Read read, const std::string& key) {
    try {
        read(config, "a file");
        FAIL() << key
               << " was accepted: " << (config.contains(key) ? config[key].dump() : "absent");
    } catch (const Error& error) {
        EXPECT_TRUE(error.code() == ErrorCode::corrupt_file ||
                    error.code() == ErrorCode::unsupported);
        EXPECT_THAT(error.message(), ::testing::HasSubstr("a file"));
        EXPECT_THAT(error.message(), ::testing::HasSubstr(key));
    }
}

TEST(AceStepConfig, ReadsTheLargerFamilysEncoderSizes) {
    json config = demo("acestep-v15-turbo");
    const AceStepConfig small = read_acestep_config(config, "a file");
    EXPECT_FALSE(small.extra_large);
    EXPECT_EQ(small.encoder.hidden_size, small.decoder.hidden_size);
    config["encoder_hidden_size"] = 96;
    config["encoder_num_attention_heads"] = 2;
    const AceStepConfig large = read_acestep_config(config, "a file");
    EXPECT_TRUE(large.extra_large);
    EXPECT_EQ(large.encoder.hidden_size, 96);
    EXPECT_EQ(large.encoder.heads, 2);
    EXPECT_EQ(large.encoder.kv_heads, small.decoder.kv_heads);
    EXPECT_EQ(large.decoder.hidden_size, small.decoder.hidden_size);
}

TEST(AceStepConfig, AlternatesWindowsWhenLayerTypesAreNotGiven) {
    json config = demo("acestep-v15-turbo");
    config["layer_types"] = nullptr;
    const AceStepConfig read = read_acestep_config(config, "a file");
    EXPECT_EQ(read.visibility(0).kind, Visibility::Kind::windowed);
    EXPECT_EQ(read.visibility(0).window, config["sliding_window"].get<std::int64_t>());
    EXPECT_EQ(read.visibility(1).kind, Visibility::Kind::full);
    config["use_sliding_window"] = false;
    EXPECT_EQ(read_acestep_config(config, "a file").visibility(0).kind, Visibility::Kind::full);
}

TEST(AceStepConfig, TellsTurboByItsLabelWhenTheFlagIsMissing) {
    json config = demo("acestep-v15-turbo");
    config.erase("is_turbo");
    EXPECT_TRUE(read_acestep_config(config, "a file").turbo);
    config["model_version"] = "base";
    EXPECT_FALSE(read_acestep_config(config, "a file").turbo);
    config["is_turbo"] = true;
    EXPECT_TRUE(read_acestep_config(config, "a file").turbo);
}

TEST(AceStepConfig, RefusesEveryFieldThatIsMissingWrongOrAbsurd) {
    const json good = demo("acestep-v15-turbo");
    for (const char* key :
         {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
          "head_dim", "rms_norm_eps", "rope_theta", "patch_size", "pool_window_size", "fsq_dim",
          "audio_acoustic_hidden_dim", "in_channels", "text_hidden_dim", "timbre_fix_frame",
          "num_lyric_encoder_hidden_layers", "num_timbre_encoder_hidden_layers",
          "num_attention_pooler_hidden_layers"}) {
        for (const json& value :
             {json(nullptr), json("8"), json(-1), json(0), json(1e300), json(json::array())}) {
            json bad = good;
            bad[key] = value;
            if (value == json(1e300) && (std::string(key) == "rope_theta")) continue;
            if (value == json(1e300) && (std::string(key) == "rms_norm_eps")) continue;
            expect_refused(bad, read_acestep_config, key);
        }
    }
    json bad = good;
    bad["fsq_input_levels"] = {1, 8};
    expect_refused(bad, read_acestep_config, "fsq_input_levels");
    bad["fsq_input_levels"] = std::vector<int>(64, 1000000);
    expect_refused(bad, read_acestep_config, "fsq_input_levels");
    bad = good;
    bad["layer_types"] = {"full_attention"};
    expect_refused(bad, read_acestep_config, "layer_types");
    bad = good;
    bad["rope_scaling"] = {{"type", "linear"}};
    expect_refused(bad, read_acestep_config, "rope_scaling");
    bad = good;
    bad["num_key_value_heads"] = 2;
    expect_refused(bad, read_acestep_config, "heads");
}

TEST(VaeConfig, KnowsHowFarResultsReach) {
    json config = demo("vae");
    config["downsampling_ratios"] = {2, 4, 4, 6, 10};  // of the released model
    const VaeConfig read = read_vae_config(config, "a file");
    EXPECT_EQ(read.samples_per_frame(), 1920);
    EXPECT_EQ(read.frame_rate(), 25);
    // Spec dit.md 7.3 measured 9 frames; the encoder's 6.34 beyond its own.
    EXPECT_EQ(read.decoder_reach_frames(), 9);
    EXPECT_GE(read.encoder_reach_frames(), 7);
    EXPECT_LE(read.encoder_reach_frames(), 8);
}

TEST(VaeConfig, RefusesRatiosThatDoNotFit) {
    const json good = demo("vae");
    for (const json& ratios : {json({2, 4}), json({2, 4, 4, 6, 9}), json({2, 4, 4, 6, 100000}),
                               json("x"), json(nullptr), json({2, 4, 4, 6, -10})}) {
        json bad = good;
        bad["downsampling_ratios"] = ratios;
        expect_refused(bad, read_vae_config, "downsampling_ratios");
    }
}

TEST(Qwen3Config, RefusesASlidingWindow) {
    json config = demo("Qwen3-Embedding-0.6B");
    EXPECT_EQ(read_qwen3_config(config, "a file").layers, 2);
    config["use_sliding_window"] = true;
    expect_refused(config, read_qwen3_config, "use_sliding_window");
}

}  // namespace
}  // namespace acestep::models
