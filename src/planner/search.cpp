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

/// Whether a less exact way saves so much that its rounding is worth it.
bool is_worth_rounding(const Candidate& way, const Candidate& exact) {
    return way.seconds() < worthwhile * exact.seconds() &&
           way.seconds() < exact.seconds() - noticeable_seconds;
}

/// Whether `way` is faster than `best` of the same type, by so much that a larger window is worth
/// it.
bool is_faster(const Candidate& way, const Candidate& best) {
    const bool other_window = way.settings.tile_frames != best.settings.tile_frames;
    return way.seconds() < best.seconds() * (other_window ? worthwhile_window : 1.0);
}

/// Whether `way` is to be taken rather than `best`, both on devices of the same kind.
bool is_better_elsewhere(const Candidate& way, const Candidate& best) {
    if (is_coarse(way) != is_coarse(best)) return is_coarse(best);
    if (way.settings.policy > best.settings.policy) return is_worth_rounding(way, best);
    if (way.settings.policy < best.settings.policy) return !is_worth_rounding(best, way);
    // Streamed weights are brought for the next song again.
    if (way.settings.streamed && !best.settings.streamed)
        return way.seconds() < best.needs.run_seconds;
    return is_faster(way, best);
}

/// Whether `way` is to be taken rather than `best`, which comes before it: more exact, or the
/// simpler of two.
bool is_better_here(const Candidate& way, const Candidate& best) {
    if (is_coarse(way)) return false;
    if (way.settings.policy != best.settings.policy) return is_worth_rounding(way, best);
    return !way.settings.streamed && is_faster(way, best);
}

std::string why_not(const Candidate& way, const Candidate& taken, bool is_for_the_rest) {
    if (is_for_the_rest) return "the processor is for what fits nowhere else";
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
        if (is_for_the_rest(way) || (is_coarse(way) && !is_coarse(best))) return true;
        return way.device == best.device &&
               (is_coarse(way) ||
                (way.settings.streamed && way.settings.policy == best.settings.policy) ||
                way.settings.tile_frames < best.settings.tile_frames);
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
        if (is_better(fitting_.back())) best_ = fitting_.size() - 1;
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
                plan.rejected.push_back({fitting_[i], why_not(fitting_[i], fitting_[best_],
                                                              is_for_the_rest(fitting_[i]))});
        }
        const std::int64_t peak = fitting_[best_].needs.peak_bytes;
        plan.stages.push_back({fitting_[best_], false, peak});
    }

    /// The decided way on other accelerators, with all weights there.
    std::vector<Candidate> elsewhere() const {
        std::vector<Candidate> ways;
        if (fitting_.empty()) return ways;
        const Candidate& best = fitting_[best_];
        for (const Candidate& way : fitting_) {
            if (way.device != best.device && !is_processor(way) && !way.settings.streamed &&
                way.settings.policy == best.settings.policy &&
                way.settings.songs_at_once == best.settings.songs_at_once &&
                way.settings.tile_frames == best.settings.tile_frames)
                ways.push_back(way);
        }
        return ways;
    }

private:
    bool is_processor(const Candidate& way) const {
        return devices_[way.device].profile.is_processor;
    }

    /// A way of the processor, which is for what fits on no other device.
    bool is_for_the_rest(const Candidate& way) const {
        return is_processor(way) && !is_processor(fitting_[best_]);
    }

    bool is_better(const Candidate& way) const {
        const Candidate& best = fitting_[best_];
        if (is_for_the_rest(way)) return false;
        return way.device == best.device ? is_better_here(way, best)
                                         : is_better_elsewhere(way, best);
    }

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

/// Lets the weights of a stage stay where there is room for them: on its device, else on another.
class Residents {
public:
    /// `elsewhere`: for each stage of the plan, its way on other devices.
    Residents(SongPlan& plan, const std::vector<PlannedDevice>& devices,
              const std::vector<std::vector<Candidate>>& elsewhere,
              const std::vector<Refusal>& refusals)
        : plan_(plan), devices_(devices), elsewhere_(elsewhere), refusals_(refusals) {}

    bool can_stay(std::size_t stage) {
        PlannedStage& planned = plan_.stages[stage];
        if (!planned.way.settings.streamed) {
            planned.stays = true;
            if (fits(plan_, devices_, planned.way.device, refusals_)) return true;
        }
        const Candidate here = planned.way;
        for (const Candidate& there : elsewhere_[stage]) {
            if (!is_worth_moving(there, here)) continue;
            planned = {there, true, there.needs.peak_bytes};
            if (!fits(plan_, devices_, there.device, refusals_)) continue;
            explain_move(here, there);
            return true;
        }
        planned = {here, false, here.needs.peak_bytes};
        return false;
    }

private:
    /// The next song gets faster, and this one not much slower.
    static bool is_worth_moving(const Candidate& there, const Candidate& here) {
        return there.needs.run_seconds < here.seconds() &&
               worthwhile * there.seconds() <= here.seconds();
    }

    /// What was not taken is the way before.
    void explain_move(const Candidate& here, const Candidate& there) {
        for (Rejected& rejected : plan_.rejected) {
            const Candidate& way = rejected.way;
            if (way.stage == there.stage && way.device == there.device &&
                way.settings == there.settings)
                rejected = {here, "its weights could not stay there"};
        }
    }

    SongPlan& plan_;
    const std::vector<PlannedDevice>& devices_;
    const std::vector<std::vector<Candidate>>& elsewhere_;
    const std::vector<Refusal>& refusals_;
};

void choose_residents(SongPlan& plan, Residents residents, const Constraints& constraints) {
    std::vector<std::size_t> order(plan.stages.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return plan.stages[a].way.needs.load_seconds > plan.stages[b].way.needs.load_seconds;
    });
    for (const std::size_t stage : order) {
        const std::optional<bool> demand = demanded(plan.stages[stage], constraints);
        const bool was_streamed = plan.stages[stage].way.settings.streamed;
        if (demand == false || residents.can_stay(stage)) continue;
        if (demand == true && !was_streamed) plan.not_kept.push_back(plan.stages[stage].way.stage);
    }
}

void book_peaks(SongPlan& plan, std::size_t devices) {
    for (std::size_t device = 0; device < devices; ++device) {
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
    std::vector<std::vector<Candidate>> elsewhere;
    for (const Stage stage : stages_of(shape)) {
        Choice choice(devices, shape, refusals);
        for (Candidate& way : candidates(devices, stage, shape, constraints)) {
            if (thoroughness == Thoroughness::every_way || !choice.is_settled(way))
                choice.consider(std::move(way));
        }
        choice.decide(plan, stage);
        if (plan.impossible) return plan;
        elsewhere.push_back(choice.elsewhere());
    }
    choose_residents(plan, Residents(plan, devices, elsewhere, refusals), constraints);
    book_peaks(plan, devices.size());
    return plan;
}

}  // namespace acestep::planner
