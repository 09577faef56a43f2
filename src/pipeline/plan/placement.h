// Where and how the stages of a request run: the plan, the devices behind it, and what happens when
// a device turns out not to have the memory.
//
// Running out of memory is a normal event. The stage's memory is given back, what the device has
// refused is noted, the next cheaper plan is made, and the stage runs again from its inputs. Every
// new plan asks for less than the one before, so that ends: with a song, or with an error that
// names the smallest change that would fit.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "acestep/error.h"
#include "acestep/progress.h"
#include "pipeline/plan/plan_devices.h"
#include "planner/candidates.h"
#include "planner/search.h"
#include "runtime/device.h"

namespace acestep::pipeline {

class Placement {
public:
    /// Called with every new plan: weights that do not stay by it are to leave the devices. Null:
    /// all of them.
    using Evict = std::function<void(Placement* placement)>;

    /// `networks` are for planning only and have to outlive the placement.
    Placement(DeviceSources sources, planner::SongNetworks& networks,
              planner::Constraints constraints, Evict evict);
    /// Weights leave the devices before the devices go.
    ~Placement();
    Placement(const Placement&) = delete;
    Placement& operator=(const Placement&) = delete;

    /// A plan for a request of this shape. What was refused before may be asked for again.
    /// \throws Error{out_of_memory}
    void plan_for(const planner::SongShape& shape);
    const planner::SongPlan& plan() const { return plan_; }

    /// For stages that the plan does not have: the first device, most exact types.
    runtime::Device& device(Stage stage);
    const planner::StageSettings& settings(Stage stage) const;
    const planner::DeviceProfile& profile(Stage stage) const;
    runtime::Residency residency(Stage stage) const;

    /// After `stage` has run out of memory: another plan. \throws `error`, with a hint that helps,
    /// when there is none.
    void give_way(Stage stage, const Error& error);

    /// Once, however often it is noted.
    void note(const std::string& sentence);
    /// What was noted and what give_way did, a sentence each; they are forgotten.
    std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }

    /// For all devices.
    void set_cancel(const CancelToken* cancel);

    const planner::DeviceProfile& profile(std::size_t device) const {
        return planned_[device].profile;
    }
    planner::Constraints& constraints() { return constraints_; }
    std::vector<planner::PlannedDevice>& planned_devices() { return planned_; }

private:
    void make_plan();
    /// Null for a stage without a place of its own.
    const planner::PlannedStage* plan_of(Stage stage) const;
    runtime::Device& opened(std::size_t device);

    std::vector<DeviceSource> sources_;
    std::vector<planner::PlannedDevice> planned_;
    std::vector<std::unique_ptr<runtime::Device>> devices_;  ///< opened when first needed
    planner::SongNetworks& networks_;
    planner::Constraints constraints_;
    planner::StageSettings otherwise_;
    Evict evict_;
    planner::SongShape shape_;
    planner::SongPlan plan_;
    std::vector<planner::Refusal> refusals_;
    std::vector<std::string> notes_;
    const CancelToken* cancel_ = nullptr;
};

}  // namespace acestep::pipeline
