// Tiers: what a graphics card of so much memory is asked for by default, and the advice for it.
//
//     const acestep::Tier tier = acestep::tier_for(8);
//     std::cout << tier.id << ": songs of up to " << tier.max_duration_without_lm << " s\n";
//
// A tier is data: the shipped tables of two profiles, which a user may change by a file
// (docs/gpu-tiers.md). It limits and recommends; whether something fits is what acestep/plan.h
// finds out. Sizes are GiB, durations seconds.
// Source: spec product.md 2.2 to 2.12, decisions D-1 to D-8 of 2.17.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/error.h"

namespace acestep {

/// The two generations of the table.
enum class TierProfile {
    classic,  ///< seven tiers, the first published numbers
    refined,  ///< eight tiers with numbers from later measurements
};
std::string_view name(TierProfile profile);
/// \throws Error{invalid_request}
TierProfile tier_profile_from_name(std::string_view name);

/// Where a size on the border belongs: 8, 12 and 24 GiB to the tier above, as the documents say, or
/// to the tier below, as the official code does.
enum class TierBoundaries { doc, code };
std::string_view name(TierBoundaries boundaries);
/// \throws Error{invalid_request}
TierBoundaries tier_boundaries_from_name(std::string_view name);

struct Tier {
    std::string id;     ///< "tier1" … "tier6" or "tier6a", "tier6b", "unlimited"
    std::string label;  ///< "tier3 (6-8GB)"
    int number = 1;     ///< 1…7; tier6a and tier6b are both 6
    TierProfile profile = TierProfile::refined;
    /// What it was chosen for: ≤ 0 without a graphics card, and in a table.
    double memory_gib = 0;

    std::vector<std::string>
        lm_models;  ///< sizes that are allowed, ascending: "0.6B", "1.7B", "4B"
    bool lm_default_on = false;
    std::string recommended_lm;               ///< a size of these; blank: none
    std::map<std::string, double> lm_memory;  ///< target for each size, GiB
    std::string backend = "vllm";             ///< the official name: "vllm", "pt" or "mlx"
    std::string backend_restriction = "all";  ///< or "pt_only", "pt_mlx_only"

    int max_duration_with_lm = 0, max_duration_without_lm = 0;
    int max_batch_with_lm = 0, max_batch_without_lm = 0;

    bool offload_to_cpu = false;      ///< weights leave the device after their stage
    bool offload_dit_to_cpu = false;  ///< the diffusion transformer too
    bool quantize_int8 = false;
    bool compile = false;  ///< graphs are captured and kernels warmed up, where a backend can

    std::vector<std::string> notes;  ///< for the log: what was assumed and why

    int max_duration(bool with_lm) const {
        return with_lm ? max_duration_with_lm : max_duration_without_lm;
    }
    int max_batch(bool with_lm) const { return with_lm ? max_batch_with_lm : max_batch_without_lm; }
};

/// "acestep-5Hz-lm-1.7B" of "1.7B".
std::string lm_model_name(std::string_view size);

/// What a user changed of one tier; absent: as shipped.
struct TierChange {
    std::string id;
    std::optional<int> max_duration_with_lm, max_duration_without_lm;
    std::optional<int> max_batch_with_lm, max_batch_without_lm;
    std::optional<std::vector<std::string>> lm_models;
    std::optional<bool> lm_default_on;
    std::optional<std::string> recommended_lm;
    std::optional<bool> offload_to_cpu, offload_dit_to_cpu, quantize_int8, compile;
};

/// A user's file of tiers. The changes belong to the table of its profile and leave the other one
/// as it is. Without a profile they belong to the default one.
struct TierTuning {
    std::filesystem::path file;  ///< blank: nothing is changed
    std::optional<TierProfile> profile;
    std::optional<TierBoundaries> boundaries;
    std::vector<TierChange> changes;

    TierProfile profile_or_default() const { return profile.value_or(TierProfile::refined); }
    TierBoundaries boundaries_or_default() const {
        return boundaries.value_or(TierBoundaries::doc);
    }
};

/// {"profile": "refined", "boundaries": "doc", "tiers": [{"id": "tier3", "max_duration_with_lm":
/// 300, …}]}, the members of a tier as in TierChange. \throws Error{not_found},
/// Error{invalid_request} in one line that names file, key and value: an unknown or repeated key, a
/// wrong type, a duration outside 10…600, a batch outside 1…8, a language model that is not known.
TierTuning load_tier_tuning(const std::filesystem::path& file);

/// The tiers of a profile, smallest first.
std::vector<Tier> tier_table(TierProfile profile = TierProfile::refined,
                             const TierTuning& tuning = {});

/// The tier of exactly so much memory, as simulated: 0, negative and not a number are no graphics
/// card. 15.5 and more count as 16.
Tier tier_for(double gib, TierProfile profile = TierProfile::refined,
              TierBoundaries boundaries = TierBoundaries::doc, const TierTuning& tuning = {});

/// The tier of a device that reports so much memory. With the boundaries of the documents a card
/// that reports a little less than it is sold for, as all do, belongs to the class it is sold as.
Tier tier_for_detected(double gib, TierProfile profile = TierProfile::refined,
                       TierBoundaries boundaries = TierBoundaries::doc,
                       const TierTuning& tuning = {});

/// The same two by the profile, the boundaries and the changes of a user's file.
Tier tier_for(double gib, const TierTuning& tuning);
Tier tier_for_detected(double gib, const TierTuning& tuning);

/// The smallest size at which cards are sold (4, 6, 8, 10, …, 80) that is at most half a GiB more;
/// else `gib`. For detected sizes, never for simulated ones.
double snap_to_memory_class(double gib);

/// The tier called `id`; "tier6" is also a name of tier6b.
std::optional<Tier> find_tier(const std::vector<Tier>& table, std::string_view id);

/// What the networks run on.
enum class Platform { cuda, rocm, xpu, mps, vulkan, cpu };
std::string_view name(Platform platform);
/// Of a ComputeDevice's backend ("CUDA", "ROCm", "SYCL", "Metal", "Vulkan", "CPU"); unknown ones
/// are taken for Vulkan.
Platform platform_of_backend(std::string_view backend);

/// The tier with the platform's own rules for placement, types and backend, and a note for those.
/// Its limits stay: those of a processor are `tier_for(0)`.
Tier adapted_to(Tier tier, Platform platform);

/// What to set in a tier and what to expect.
struct TierAdvice {
    std::string settings;      ///< lines of an environment or an .env file, divided by line feeds
    std::string consequences;  ///< sentences
};
TierAdvice advice_for(const Tier& tier);

/// The block of lines that a service prints when it starts, an empty line before and behind it.
/// `prefix` stands before its title, such as "[API Server] ".
std::string startup_block(const Tier& tier, std::string_view prefix = {});
/// The line behind it that says whether weights leave the device.
std::string offload_line(const Tier& tier);

/// [{"id": "tier1", …}], with every field by its name here.
std::string to_json(const std::vector<Tier>& tiers);
/// docs/gpu-tiers.md: both shipped tables, the advice, limits and their texts, simulation, tuning.
std::string tiers_document();

}  // namespace acestep
