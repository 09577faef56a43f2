// Memory before music: what a song would take on a machine, stage by stage, and how it would be
// made to fit.
//
//     acestep::PlanRequest request;
//     request.model = "xl";
//     request.duration = 600;
//     acestep::MachineLimits machine;
//     machine.simulated_gib = 8;
//     const acestep::Plan plan = acestep::make_plan(request, machine);
//     if (!plan.fits) std::cerr << plan.refusal << '\n' << plan.suggestion << '\n';
//
// Nothing is loaded and no weights are needed: every figure is what the program's own graphs ask
// for at these shapes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/error.h"
#include "acestep/progress.h"
#include "acestep/tiers.h"

namespace acestep {

/// How long weights are on a device.
enum class Residence {
    resident,  ///< they stay for the next song
    swapped,   ///< for the stage that uses them
    streamed,  ///< layer by layer, while they are computed with
};
std::string_view name(Residence residence);

/// Which limits of duration and batch hold.
enum class Limits {
    automatic,  ///< `tier` on a graphics card or a simulated device, `planned` on a processor
    tier,       ///< those of the memory tier (acestep/tiers.h)
    planned,    ///< whatever the arithmetic proves to fit
};
std::string_view name(Limits limits);
/// \throws Error{invalid_request}
Limits limits_from_name(std::string_view name);

/// What may be used of the machine; blank and absent: all there is.
struct MachineLimits {
    /// "auto", "cpu", "cuda:0", "vulkan:0", …; several with commas between them, or "all" of the
    /// backend that "auto" would take, the largest first. By the first one's tier limits go.
    std::string device = "auto";
    /// Of single networks, which the others then leave to it: the language model, the diffusion
    /// transformer with its condition encoder, the autoencoder, the text encoder. A number is that
    /// device of the backend that `device` is of. Blank: as it is planned.
    std::string lm_device;
    std::string dit_device;
    std::string vae_device;
    std::string text_encoder_device;
    /// A device with so many GiB: played by the processor, or `device` itself if that is a graphics
    /// card, which then uses no more.
    std::optional<double> simulated_gib;
    /// The same from a file (docs/planning.md): memory, transfer bandwidth, speed; or the name of a
    /// known card such as "rtx3060"; several devices with commas between them. Only one of the two.
    std::string device_profile;
    /// Host memory that may be used, GiB; else nine tenths of what is free.
    std::optional<double> memory_gib;
    /// The user's changes of the tiers, by whose limits `Limits::tier` goes.
    TierTuning tiers;
    int threads = 0;  ///< 0: the machine's real cores
    /// On the processor ggml's kernels alone instead of ours: to compare with.
    bool plain_ggml = false;
    /// What large products reach is measured again beside every stage (StageReport::peak_flops): on
    /// a machine that others use too, that changes from one minute to the next.
    bool measures_stages = false;
};

/// The devices of networks from one text, as the official programs have it: "auto", "single:1", or
/// "dit:0,vae:0,text_encoder:0,lm:1" with numbers or names of devices ("dit:cuda:1,lm:cpu").
/// \throws Error{invalid_request} naming what is none of these
void map_devices(MachineLimits& machine, std::string_view mapping);

/// Decisions of the user that the planner has to keep.
struct PlanChoices {
    /// "automatic", "f32", "bf16", "q8_0", "q6_k", "q5_k", "q4_k"
    std::string precision = "automatic";
    std::string lm_precision = "automatic";
    std::optional<bool> offload_to_cpu;      ///< true: weights leave the device after their stage
    std::optional<bool> offload_dit_to_cpu;  ///< the same for the diffusion transformer
    bool vae_on_cpu = false;
    bool lm_on_cpu = false;
    int vae_tile_frames = 0;  ///< 0: the planner decides
};

struct PlanRequest {
    /// "2b", "xl", also with "-base" or "-sft", the name of an official folder, or a folder: a
    /// checkpoints folder or the model's own in it.
    std::string model = "2b";
    /// "0.6b", "1.7b", "4b", the name of an official folder, or a folder; blank: none.
    std::string lm_model;
    double duration = 180;  ///< seconds, 10…600
    int batch_size = 1;     ///< 1…8
    std::optional<int> inference_steps;
    int text_tokens = 128, lyric_tokens = 512;
    bool has_source = false;  ///< a cover or a repaint of a song of that length
    bool has_reference = false;
    bool explain = false;  ///< look at every way, for `rejected`
};

struct StagePlan {
    Stage stage = Stage::load;
    std::string device;  ///< "cpu", "cuda:0", "simulated:0", …
    std::string dtype;   ///< of the matrices
    Residence residence = Residence::swapped;
    int tile_frames = 0;    ///< of the autoencoder, in latent frames
    int songs_at_once = 0;  ///< of the language model; 0: all
    std::int64_t weight_bytes = 0;
    std::int64_t peak_bytes = 0;  ///< on the device, everything that stays there included
    double load_seconds = 0;
    double seconds = 0;  ///< weights brought once, all songs
};

/// A way that was not taken, and why.
struct RejectedWay {
    Stage stage = Stage::load;
    std::string device;
    std::string way;  ///< such as "bf16, streamed"
    std::int64_t peak_bytes = 0;
    double seconds = 0;
    std::string reason;
};

/// What a plan takes of one device.
struct PlannedMemory {
    std::string device;
    std::int64_t memory_bytes = 0;  ///< 0: not known
    std::int64_t budget_bytes = 0;  ///< what is left of it for the engine; 0: no limit
    std::int64_t peak_bytes = 0;    ///< highest of the stages there; 0: none is
};

struct Plan {
    std::string tier;               ///< of the device's memory, such as "tier3"
    std::string device;             ///< where most of the work is done
    std::int64_t memory_bytes = 0;  ///< of that device; 0: not known
    std::int64_t budget_bytes = 0;  ///< what is left of it for the engine; 0: no limit
    double duration = 0;            ///< as planned, after limits
    int batch_size = 0;
    std::vector<PlannedMemory> devices;  ///< that one first, the processor last
    std::vector<StagePlan> stages;
    std::vector<RejectedWay> rejected;
    std::vector<std::string> warnings;  ///< what was limited or could not be kept, and why
    std::int64_t peak_bytes = 0;        ///< highest of the first device's stages
    double seconds = 0;
    double longest_duration = 0;  ///< for which there is a plan with these choices; 0: none

    bool fits = false;
    std::string refusal;     ///< one sentence, when it does not fit
    std::string suggestion;  ///< the smallest change that does
};

/// Only `Limits::tier` shortens what is planned; with `automatic` the warnings tell what a request
/// would be told. \throws Error{invalid_request, not_found, corrupt_file} for a bad request; a
/// request that does not fit is no error.
Plan make_plan(const PlanRequest& request, const MachineLimits& machine = {},
               const PlanChoices& choices = {}, Limits limits = Limits::automatic);

/// {"tier":…,"fits":true,"stages":[{"stage":"diffuse","device":"cuda:0","dtype":"bf16",
/// "residency":"swapped","peak_bytes":…,"seconds":…,…}],"warnings":[…],…}; with `explain` also
/// "rejected".
std::string to_json(const Plan& plan, bool explain = false);

/// Memory over the stages against the budget, as an SVG picture.
std::string to_svg(const Plan& plan);

}  // namespace acestep
