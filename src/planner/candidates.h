// The ways in which a stage could be run on the devices there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/progress.h"
#include "planner/device_profile.h"
#include "planner/rehearsal.h"

namespace acestep::planner {

struct PlannedDevice {
    DeviceProfile profile;
    Rehearsal rehearsal;
};

/// What the user has decided already. Absent: the planner decides.
struct Constraints {
    /// Types of matrices that may be chosen, the most exact first: of the diffusion model's own
    /// checkpoint, of the text encoder, of the language model.
    std::vector<runtime::WeightPolicy> policies{runtime::WeightPolicy::bf16};
    std::vector<runtime::WeightPolicy> text_policies{runtime::WeightPolicy::bf16};
    std::vector<runtime::WeightPolicy> lm_policies{runtime::WeightPolicy::bf16};
    runtime::WeightPolicy vae_policy = runtime::WeightPolicy::f16;
    std::optional<bool> offload;      ///< true: no weights stay; false: all of them stay
    std::optional<bool> offload_dit;  ///< the same for the diffusion transformer alone
    bool may_stream = true;
    std::int64_t tile_frames = 0;  ///< 0: any
    /// Of those that the planner may choose for the decoder, the longest; 0: any.
    std::int64_t most_decoder_frames = 0;
    bool vae_on_processor = false;
    bool lm_on_processor = false;
};

/// A stage that a device refused to give memory for: as much is not asked for again.
struct Refusal {
    Stage stage;
    std::size_t device;
    std::int64_t peak_bytes;
};

struct Candidate {
    Stage stage = Stage::load;
    std::size_t device = 0;
    StageSettings settings;
    StageNeeds needs;  ///< once it has been rehearsed

    double seconds() const { return needs.load_seconds + needs.run_seconds; }
};

/// The stages of a request of this shape that use networks, in order.
std::vector<Stage> stages_of(const SongShape& shape);

/// All candidates of a stage, on the first device first, each device's most exact first; none of
/// them rehearsed.
std::vector<Candidate> candidates(const std::vector<PlannedDevice>& devices, Stage stage,
                                  const SongShape& shape, const Constraints& constraints);

/// "f32", "bf16", "f16", "q8_0", "q6_k", "q5_k", "q4_k".
std::string_view name(runtime::WeightPolicy policy);

/// Such as "q8_0, streamed" or "tiles of 96 frames".
std::string describe(const Candidate& candidate);

}  // namespace acestep::planner
