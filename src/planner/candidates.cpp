#include "planner/candidates.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace acestep::planner {
namespace {

using runtime::WeightPolicy;

// Windows of the autoencoder in latent frames, in the order in which they are looked at. Each keeps
// all but its overlap, so a larger one is faster; on a processor none is so long that a request to
// stop would have to wait for it.
constexpr std::int64_t device_windows[] = {192, 256, 384, 512, 768, 128, 96, 64, 48};
constexpr std::int64_t processor_windows[] = {192, 128, 96, 64, 48};

bool is_autoencoder(Stage stage) {
    return stage == Stage::listen || stage == Stage::decode;
}

bool has_blocks(Stage stage) {
    return stage == Stage::describe || stage == Stage::diffuse;
}

bool is_for(const DeviceProfile& device, Stage stage) {
    if (stage == Stage::compose) return device.for_language;
    if (stage == Stage::describe) return device.for_text;
    return is_autoencoder(stage) ? device.for_autoencoder : device.for_diffusion;
}

bool is_allowed(Stage stage, const DeviceProfile& device, const Constraints& constraints,
                bool is_alone) {
    if (device.is_processor || is_alone) return true;
    if (!is_for(device, stage)) return false;
    if (constraints.vae_on_processor && is_autoencoder(stage)) return false;
    return !(constraints.lm_on_processor && stage == Stage::compose);
}

const std::vector<WeightPolicy>& policies_for(Stage stage, const Constraints& constraints) {
    if (stage == Stage::compose) return constraints.lm_policies;
    return stage == Stage::describe ? constraints.text_policies : constraints.policies;
}

std::vector<StageSettings> settings_for(Stage stage, const DeviceProfile& device,
                                        const SongShape& shape, const Constraints& constraints) {
    std::vector<StageSettings> all;
    if (is_autoencoder(stage)) {
        StageSettings settings{.policy = constraints.vae_policy};
        using Windows = std::span<const std::int64_t>;
        const Windows windows =
            device.is_processor ? Windows(processor_windows) : Windows(device_windows);
        const std::int64_t most = stage == Stage::decode ? constraints.most_decoder_frames : 0;
        for (const std::int64_t window : windows) {
            if (constraints.tile_frames == 0 && most > 0 && window > most) continue;
            settings.tile_frames = constraints.tile_frames > 0 ? constraints.tile_frames : window;
            all.push_back(settings);
            if (constraints.tile_frames > 0) break;
        }
        return all;
    }
    const bool writes = stage == Stage::compose;
    for (const WeightPolicy policy : policies_for(stage, constraints)) {
        all.push_back({.policy = policy});
        // A processor computes with weights where they are mapped: streaming them gains nothing.
        if (has_blocks(stage) && constraints.may_stream && !device.is_processor)
            all.push_back({.policy = policy, .streamed = true});
        for (int at_once = shape.songs / 2; writes && at_once >= 1; at_once /= 2)
            all.push_back({.policy = policy, .songs_at_once = at_once});
    }
    return all;
}

}  // namespace

std::vector<Stage> stages_of(const SongShape& shape) {
    std::vector<Stage> stages;
    const bool makes_song = shape.frames > 0;
    if (shape.lm_tokens > 0) stages.push_back(Stage::compose);
    if (makes_song) stages.push_back(Stage::describe);
    if (shape.source_frames > 0 || shape.has_reference) stages.push_back(Stage::listen);
    if (makes_song || shape.is_cover) stages.push_back(Stage::condition);
    if (makes_song) stages.insert(stages.end(), {Stage::diffuse, Stage::decode});
    return stages;
}

std::vector<Candidate> candidates(const std::vector<PlannedDevice>& devices, Stage stage,
                                  const SongShape& shape, const Constraints& constraints) {
    std::vector<Candidate> all;
    for (std::size_t device = 0; device < devices.size(); ++device) {
        const DeviceProfile& profile = devices[device].profile;
        if (!is_allowed(stage, profile, constraints, devices.size() == 1)) continue;
        for (const StageSettings& settings : settings_for(stage, profile, shape, constraints))
            all.push_back({stage, device, settings, {}});
    }
    return all;
}

std::string_view name(WeightPolicy policy) {
    switch (policy) {
        case WeightPolicy::f32: return "f32";
        case WeightPolicy::bf16: return "bf16";
        case WeightPolicy::f16: return "f16";
        case WeightPolicy::q8_0: return "q8_0";
        case WeightPolicy::q6_k: return "q6_k";
        case WeightPolicy::q5_k: return "q5_k";
        case WeightPolicy::q4_k: return "q4_k";
    }
    return "";
}

std::string describe(const Candidate& candidate) {
    std::string text(name(candidate.settings.policy));
    if (candidate.settings.streamed) text += ", streamed";
    if (candidate.needs.tile_frames > 0)
        text += fmt::format(", tiles of {} frames", candidate.needs.tile_frames);
    if (candidate.settings.songs_at_once > 0)
        text += fmt::format(", {} songs at once", candidate.settings.songs_at_once);
    return text;
}

}  // namespace acestep::planner
