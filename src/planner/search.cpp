#include "planner/search.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace acestep::planner {
namespace {

// A less exact type has to save so much of a stage's time, and a time that somebody notices.
constexpr double worthwhile = 0.85, noticeable_seconds = 1;
// A larger window takes memory that weights could stay in.
constexpr double worthwhile_window = 0.9;

double gigabytes(std::int64_t bytes) {
    return static_cast<double>(bytes) / 1e9;
}

/// Blank: it fits.
std::string obstacle(const Candidate& way, const DeviceProfile& device,
                     const std::vector<Refusal>& refusals) {
    const std::int64_t budget = device.budget_bytes();
    if (budget > 0 && way.needs.peak_bytes > budget) {
        return fmt::format("needs {:.2f} GB; {} has {:.2f}", gigabytes(way.needs.peak_bytes),
                           device.id, gigabytes(budget));
    }
    for (const Refusal& refusal : refusals) {
        if (refusal.stage == way.stage && refusal.device == way.device &&
            way.needs.peak_bytes >= refusal.peak_bytes) {
            return fmt::format("{} has refused as much memory before", device.id);
        }
    }
    return {};
}

/// Fewer than 8 bits are for what fits in no other way.
bool is_coarse(const Candidate& way) {
    return way.settings.policy > runtime::WeightPolicy::q8_0;
}

/// Whether `way` is to be taken rather than `best`, which comes before it: on a device before, or
/// more exact, or the simpler of two.
bool is_better(const Candidate& way, const Candidate& best) {
    if (is_coarse(way) && way.device == best.device) return false;
    if (way.device != best.device) return way.seconds() < best.seconds();
    if (way.settings.policy != best.settings.policy) {
        return way.seconds() < worthwhile * best.seconds() &&
               way.seconds() < best.seconds() - noticeable_seconds;
    }
    if (way.settings.streamed) return false;
    const bool other_window = way.settings.tile_frames != best.settings.tile_frames;
    return way.seconds() < best.seconds() * (other_window ? worthwhile_window : 1.0);
}

std::string why_not(const Candidate& way, const Candidate& taken) {
    if (way.seconds() > taken.seconds()) {
        return fmt::format("takes {:.2f} s, the chosen way {:.2f}", way.seconds(), taken.seconds());
    }
    if (way.settings.policy != taken.settings.policy)
        return "not so much faster that its rounding would be worth it";
    if (way.needs.tile_frames != taken.needs.tile_frames)
        return "not so much faster that its memory would be worth it";
    return way.settings.streamed ? "there is room for all of it" : "no faster";
}

/// The choice of one stage, way after way.
class Choice {
public:
    Choice(std::vector<PlannedDevice>& devices, const SongShape& shape,
           const std::vector<Refusal>& refusals)
        : devices_(devices), shape_(shape), refusals_(refusals) {}

    /// Whether looking at `way` cannot change the choice any more.
    bool is_settled(const Candidate& way) const {
        if (fitting_.empty()) return false;
        const Candidate& best = fitting_[best_];
        return way.device != best.device || is_coarse(way) ||
               (way.settings.streamed && way.settings.policy == best.settings.policy) ||
               way.settings.tile_frames < best.settings.tile_frames;
    }

    void consider(Candidate way) {
        way.needs = devices_[way.device].rehearsal.needs(way.stage, shape_, way.settings);
        if (is_known_window(way)) return;
        if (least_bytes_ == 0 || way.needs.peak_bytes < least_bytes_) {
            least_bytes_ = way.needs.peak_bytes;
            least_device_ = way.device;
        }
        std::string reason = obstacle(way, devices_[way.device].profile, refusals_);
        if (!reason.empty()) {
            rejected_.push_back({std::move(way), std::move(reason)});
            return;
        }
        fitting_.push_back(std::move(way));
        if (is_better(fitting_.back(), fitting_[best_])) best_ = fitting_.size() - 1;
    }

    /// Adds the chosen way to the plan, or why there is none.
    void decide(SongPlan& plan, Stage stage) {
        std::move(rejected_.begin(), rejected_.end(), std::back_inserter(plan.rejected));
        if (fitting_.empty()) {
            plan.impossible = stage;
            plan.least_bytes = least_bytes_;
            plan.available_bytes = devices_[least_device_].profile.budget_bytes();
            return;
        }
        for (std::size_t i = 0; i < fitting_.size(); ++i) {
            if (i != best_)
                plan.rejected.push_back({fitting_[i], why_not(fitting_[i], fitting_[best_])});
        }
        const std::int64_t peak = fitting_[best_].needs.peak_bytes;
        plan.stages.push_back({std::move(fitting_[best_]), false, peak});
    }

private:
    /// Windows beyond the song's length are all the same one.
    bool is_known_window(const Candidate& way) const {
        return way.needs.tile_frames > 0 &&
               std::any_of(fitting_.begin(), fitting_.end(), [&](const Candidate& other) {
                   return other.device == way.device &&
                          other.needs.tile_frames == way.needs.tile_frames;
               });
    }

    std::vector<PlannedDevice>& devices_;
    const SongShape& shape_;
    const std::vector<Refusal>& refusals_;
    std::vector<Candidate> fitting_;
    std::vector<Rejected> rejected_;
    std::size_t best_ = 0;
    std::int64_t least_bytes_ = 0;
    std::size_t least_device_ = 0;
};

/// The decision of the user about a stage's weights, if there is one: true: they stay.
std::optional<bool> demanded(const PlannedStage& stage, const Constraints& constraints) {
    const bool is_dit = stage.way.stage == Stage::diffuse;
    if (is_dit && constraints.offload_dit) return !*constraints.offload_dit;
    // Official meaning: with offloading the diffusion transformer alone stays, unless that is
    // offloaded too (spec product.md 2.9).
    if (constraints.offload) return !*constraints.offload || (is_dit && !constraints.offload_dit);
    return std::nullopt;
}

/// Peaks on `device` when those that stay are there all the time.
std::vector<std::int64_t> peaks_with_residents(const SongPlan& plan, std::size_t device) {
    std::int64_t resident = 0;
    for (const PlannedStage& stage : plan.stages)
        if (stage.stays && stage.way.device == device) resident += stage.way.needs.weight_bytes;
    std::vector<std::int64_t> peaks;
    for (const PlannedStage& stage : plan.stages) {
        const bool counted = stage.way.device == device;
        const std::int64_t own = stage.stays ? stage.way.needs.weight_bytes : 0;
        peaks.push_back(counted ? stage.way.needs.peak_bytes + resident - own : 0);
    }
    return peaks;
}

bool fits(const SongPlan& plan, const std::vector<PlannedDevice>& devices, std::size_t device,
          const std::vector<Refusal>& refusals) {
    const std::vector<std::int64_t> peaks = peaks_with_residents(plan, device);
    const std::int64_t budget = devices[device].profile.budget_bytes();
    if (budget > 0 && *std::max_element(peaks.begin(), peaks.end()) > budget) return false;
    for (const Refusal& refusal : refusals) {
        if (refusal.device != device) continue;
        for (std::size_t i = 0; i < peaks.size(); ++i)
            if (plan.stages[i].way.stage == refusal.stage && peaks[i] >= refusal.peak_bytes)
                return false;
    }
    return true;
}

void choose_residents(SongPlan& plan, const std::vector<PlannedDevice>& devices,
                      const Constraints& constraints, const std::vector<Refusal>& refusals) {
    std::vector<PlannedStage*> order;
    for (PlannedStage& stage : plan.stages)
        if (!stage.way.settings.streamed) order.push_back(&stage);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return a->way.needs.load_seconds > b->way.needs.load_seconds;
    });
    for (PlannedStage* stage : order) {
        const std::optional<bool> demand = demanded(*stage, constraints);
        if (demand == false) continue;
        stage->stays = true;
        if (fits(plan, devices, stage->way.device, refusals)) continue;
        stage->stays = false;
        if (demand == true) plan.not_kept.push_back(stage->way.stage);
    }
    for (std::size_t device = 0; device < devices.size(); ++device) {
        const std::vector<std::int64_t> peaks = peaks_with_residents(plan, device);
        for (std::size_t i = 0; i < peaks.size(); ++i)
            if (plan.stages[i].way.device == device) plan.stages[i].peak_bytes = peaks[i];
    }
}

}  // namespace

const PlannedStage* SongPlan::stage(Stage stage) const {
    const auto found = std::find_if(stages.begin(), stages.end(), [&](const PlannedStage& planned) {
        return planned.way.stage == stage;
    });
    return found == stages.end() ? nullptr : &*found;
}

double SongPlan::seconds() const {
    return std::accumulate(
        stages.begin(), stages.end(), 0.0,
        [](double sum, const PlannedStage& stage) { return sum + stage.way.seconds(); });
}

std::int64_t SongPlan::peak_bytes(std::size_t device) const {
    std::int64_t peak = 0;
    for (const PlannedStage& stage : stages)
        if (stage.way.device == device) peak = std::max(peak, stage.peak_bytes);
    return peak;
}

SongPlan search(std::vector<PlannedDevice>& devices, const SongShape& shape,
                const Constraints& constraints, const std::vector<Refusal>& refusals,
                Thoroughness thoroughness) {
    SongPlan plan;
    for (const Stage stage : stages_of(shape)) {
        Choice choice(devices, shape, refusals);
        for (Candidate& way : candidates(devices, stage, shape, constraints)) {
            if (thoroughness == Thoroughness::every_way || !choice.is_settled(way))
                choice.consider(std::move(way));
        }
        choice.decide(plan, stage);
        if (plan.impossible) return plan;
    }
    choose_residents(plan, devices, constraints, refusals);
    return plan;
}

}  // namespace acestep::planner
