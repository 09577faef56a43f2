// Whole sampler runs against the official code: conditioning, schedule, guidance, solver, repaint.
//
// The noise of a case is given, so the only freedom left is rounding. Both items of a case run in
// one batch, as upstream; where text or lyrics are padded the decoder attends to the padding, as
// upstream does.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "diffusion/repaint.h"
#include "diffusion/sampler.h"
#include "golden/network_cases.h"
#include "models/audio_tokenizer.h"
#include "models/dit.h"
#include "support/golden.h"

namespace acestep::tests {
namespace {

using runtime::WeightPolicy;

constexpr double bf16_bound = 2e-2;
constexpr double q8_0_bound = 6e-2;

template <typename T>
T setting(const nlohmann::json& settings, const char* key, T otherwise) {
    return settings.contains(key) ? settings.at(key).get<T>() : otherwise;
}

diffusion::SamplerSettings settings_of(const nlohmann::json& json, bool turbo) {
    diffusion::SamplerSettings settings;
    settings.turbo = turbo;
    // Older model files spell it "sale".
    settings.guidance_scale =
        setting(json, "diffusion_guidance_scale", setting(json, "diffusion_guidance_sale", 7.0));
    settings.use_adg = setting(json, "use_adg", false);
    settings.cfg_interval_start = setting(json, "cfg_interval_start", 0.0);
    settings.cfg_interval_end = setting(json, "cfg_interval_end", 1.0);
    settings.infer_method = setting<std::string>(json, "infer_method", "ode");
    settings.sampler_mode = setting<std::string>(json, "sampler_mode", "euler");
    settings.audio_cover_strength = setting(json, "audio_cover_strength", 1.0);
    settings.cover_noise_strength = setting(json, "cover_noise_strength", 0.0);
    settings.velocity_norm_threshold = setting(json, "velocity_norm_threshold", 0.0);
    settings.velocity_ema_factor = setting(json, "velocity_ema_factor", 0.0);
    return settings;
}

diffusion::Schedule schedule_of(const nlohmann::json& json, bool turbo) {
    const auto timesteps = setting<std::vector<double>>(json, "timesteps", {});
    if (turbo) return diffusion::turbo_schedule(setting(json, "shift", 3.0), timesteps);
    if (!timesteps.empty()) return diffusion::custom_schedule(timesteps);
    return diffusion::base_schedule(setting(json, "infer_steps", 30), setting(json, "shift", 1.0));
}

Array first_items(const Array& batch, std::int64_t items) {
    std::vector<Array> result;
    for (std::int64_t i = 0; i < items; ++i) result.push_back(rows_of(batch, i));
    return stacked(result);
}

/// One golden case, with everything the network needs loaded.
class Case {
public:
    Case(const std::string& family_name, const GoldenFile& golden, WeightPolicy policy)
        : golden_(golden),
          family_(family_name),
          cpu_(device()),
          dit_(family_.checkpoint, family_.config, policy),
          encoder_(family_.checkpoint, family_.config, policy),
          items_(golden.array("latents").dim(0)) {
        dit_.weights().load(*cpu_);
        encoder_.weights().load(*cpu_);
    }

    Array run() {
        const nlohmann::json settings = golden_.metadata("settings");
        main_ = conditions("text", golden_.array("src_latents"), true);
        diffusion::Network network;
        run_.emplace(*cpu_, dit_, main_);
        network.velocity = [this](const Array& x, float t, bool guided) {
            const std::vector<float> levels(static_cast<std::size_t>(items_), t);
            auto velocities = run_->velocity(x, levels, guided);
            return diffusion::Velocities{std::move(velocities.conditional),
                                         std::move(velocities.unconditional)};
        };
        network.switch_conditions = [this] {
            run_.reset();
            main_ = conditions("non_cover_text", silence(), false);
            run_.emplace(*cpu_, dit_, main_);
        };
        diffusion::SamplerHooks hooks;
        if (golden_.has("step_noise")) {
            const Array drawn = golden_.array("step_noise");
            hooks.step_noise = [drawn](int step) { return rows_of(drawn, step); };
        }
        return diffusion::sample(input(settings), schedule_of(settings, family_.config.turbo),
                                 settings_of(settings, family_.config.turbo), network, hooks);
    }

private:
    Array silence() const {
        const std::int64_t frames = golden_.array("noise").dim(1),
                           channels = family_.silence.dim(1);
        const Array rows({frames, channels},
                         std::vector<float>(family_.silence.values.begin(),
                                            family_.silence.values.begin() + frames * channels));
        return stacked(std::vector<Array>(static_cast<std::size_t>(items_), rows));
    }

    diffusion::SamplerInput input(const nlohmann::json& settings) const {
        diffusion::SamplerInput result;
        result.noise = first_items(golden_.array("noise"), items_);
        result.src_latents = first_items(golden_.array("src_latents"), items_);
        if (golden_.has("repaint_mask")) {
            diffusion::Repaint repaint;
            repaint.mask = golden_.array("repaint_mask");
            repaint.clean_src_latents = golden_.array("clean_src_latents");
            repaint.injection_ratio = setting(settings, "repaint_injection_ratio", 0.5);
            repaint.crossfade_frames = setting(settings, "repaint_crossfade_frames", 10);
            result.repaint = std::move(repaint);
        }
        return result;
    }

    /// Source channels of an item: itself, or as a cover hears it.
    Array source(const Array& latents, std::int64_t item, bool cover) {
        const Array rows = rows_of(latents, item);
        if (!cover) return rows;
        Array hints =
            golden_.has("hints") ? rows_of(golden_.array("hints"), item) : round_trip(rows);
        hints.values.resize(rows.values.size());  // hints may be longer
        hints.shape = rows.shape;
        return hints;
    }

    /// Codes are discrete, so the detokenizer is kept in f32 here: a case shall not hang on one
    /// code.
    Array round_trip(const Array& latents) {
        models::AudioTokenizer tokenizer(family_.checkpoint, family_.config);
        models::AudioDetokenizer detokenizer(family_.checkpoint, family_.config, WeightPolicy::f32);
        tokenizer.weights().load(*cpu_);
        detokenizer.weights().load(*cpu_);
        const auto codes = tokenizer.tokenize(*cpu_, latents, family_.silence);
        return detokenizer.detokenize(*cpu_, detokenizer.dequantize(*cpu_, codes));
    }

    std::vector<models::DitCondition> conditions(const std::string& text_name, const Array& latents,
                                                 bool covers) {
        const auto encoded = encode_items(*cpu_, encoder_, golden_, text_name);
        const auto is_cover = golden_.integers("is_covers");
        const Array masks = golden_.array("chunk_masks");
        std::vector<models::DitCondition> result;
        for (std::int64_t item = 0; item < items_; ++item) {
            const auto index = static_cast<std::size_t>(item);
            const Array left = source(latents, item, covers && is_cover[index] != 0);
            const Array right = rows_of(masks, item);
            Array context({left.dim(0), left.dim(1) + right.dim(1)});
            for (std::int64_t frame = 0; frame < left.dim(0); ++frame) {
                const auto to = context.slice(frame);
                std::copy_n(left.slice(frame).begin(), left.dim(1), to.begin());
                std::copy_n(right.slice(frame).begin(), right.dim(1), to.begin() + left.dim(1));
            }
            result.push_back({encoded[index].packed.rows, std::move(context)});
        }
        return result;
    }

    const GoldenFile& golden_;
    Family family_;
    std::unique_ptr<runtime::Device> cpu_;
    models::Dit dit_;
    models::ConditionEncoder encoder_;
    std::int64_t items_;
    std::vector<models::DitCondition> main_;
    std::optional<models::DitRun> run_;
};

/// Every sampler case there is in the directory, so that other data is tested whole.
std::vector<std::string> all_cases() {
    std::vector<std::string> cases;
    for (const char* family : {"turbo", "base", "xl", "xlbase"}) {
        const auto files = golden_files(std::string(family) + ".sample.", ".safetensors");
        cases.insert(cases.end(), files.begin(), files.end());
    }
    // An empty list would make the suite vanish instead of failing.
    if (cases.empty()) cases.push_back("turbo.sample.text2music.shift3.0.safetensors");
    return cases;
}

class SamplerRun : public ::testing::TestWithParam<std::string> {
protected:
    void check(WeightPolicy policy, double bound) {
        ACESTEP_GOLDEN(golden, GetParam());
        const std::string family = GetParam().substr(0, GetParam().find('.'));
        EXPECT_TRUE(close_to(Case(family, golden, policy).run(), golden.array("latents"), bound));
    }
};

TEST_P(SamplerRun, MatchesInF32) {
    check(WeightPolicy::f32, f32_bound);
}

TEST_P(SamplerRun, StaysCloseInBf16) {
    check(WeightPolicy::bf16, bf16_bound);
}

TEST_P(SamplerRun, StaysCloseInQ8_0) {
    check(WeightPolicy::q8_0, q8_0_bound);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SamplerRun, ::testing::ValuesIn(all_cases()), [](const auto& instance) {
        std::string name = instance.param;
        name.resize(name.size() - std::string(".safetensors").size());
        std::replace_if(
            name.begin(), name.end(),
            [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
        return name;
    });

}  // namespace
}  // namespace acestep::tests
