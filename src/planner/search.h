// The plan of a song: for each stage the fastest way that fits, and which weights stay.
//
// Stages run one after the other, so each is chosen by itself: of the ways whose memory a device
// has, the fastest, where a less exact type has to be clearly faster to be taken; the processor is
// for what no other device has the memory for. Afterwards as many weights as fit beside every other
// stage's peak stay on their device for the next song, those first that take longest to bring. A
// stage whose weights could stay on another device, about as fast, goes there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/candidates.h"

namespace acestep::planner {

struct PlannedStage {
    Candidate way;
    bool stays = false;           ///< its weights are resident
    std::int64_t peak_bytes = 0;  ///< on its device, with the weights of others that stay
};

/// Why a way was not taken.
struct Rejected {
    Candidate way;
    std::string reason;
};

struct SongPlan {
    std::vector<PlannedStage> stages;
    std::vector<Rejected> rejected;
    /// Whose weights were to stay and cannot.
    std::vector<Stage> not_kept;
    /// The first stage for which there is no way; absent: the plan is good.
    std::optional<Stage> impossible;
    /// Of that stage, the least memory that any way needs, and what the device has.
    std::int64_t least_bytes = 0, available_bytes = 0;

    const PlannedStage* stage(Stage stage) const;
    /// All songs, weights brought once.
    double seconds() const;
    std::int64_t peak_bytes(std::size_t device) const;
};

enum class Thoroughness {
    until_settled,  ///< what cannot be chosen any more is not looked at
    every_way,      ///< for explanations
};

/// `refusals`: what devices have turned out not to have.
SongPlan search(std::vector<PlannedDevice>& devices, const SongShape& shape,
                const Constraints& constraints, const std::vector<Refusal>& refusals = {},
                Thoroughness thoroughness = Thoroughness::until_settled);

}  // namespace acestep::planner
