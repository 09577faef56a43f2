// What each stage of a song takes, found by running the stage's own code on a device that books
// memory and counts time but computes nothing (runtime/device.h). There are no formulas to fall
// behind the networks: a change of a graph is a change of the plan.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "acestep/progress.h"
#include "planner/song_networks.h"
#include "planner/song_shape.h"
#include "runtime/device.h"
#include "runtime/weight_set.h"

namespace acestep::planner {

/// How a stage is run.
struct StageSettings {
    runtime::WeightPolicy policy = runtime::WeightPolicy::bf16;
    bool streamed = false;         ///< blocks pass through the device
    std::int64_t tile_frames = 0;  ///< of the autoencoder
    int songs_at_once = 0;         ///< of the language model; 0: all

    auto operator<=>(const StageSettings&) const = default;
};

struct StageNeeds {
    std::int64_t weight_bytes = 0;  ///< of the stage's main network, as long as it runs
    std::int64_t peak_bytes = 0;    ///< of everything, those weights included
    double load_seconds = 0;        ///< bringing the weights to the device
    double run_seconds = 0;         ///< the rest, for all songs of the request
    std::int64_t tile_frames = 0;   ///< as they turned out; 0: the stage has none
};

class Rehearsal {
public:
    /// `new_device` makes the device that rehearses; its identity is `key`. Several devices have a
    /// rehearsal each; they may share `networks`, which has to outlive them.
    Rehearsal(SongNetworks& networks, std::function<std::unique_ptr<runtime::Device>()> new_device);

    /// Stages that this shape does not have need nothing. Results are kept, so asking again costs
    /// nothing, nor does asking for more songs or tiles of a length.
    StageNeeds needs(Stage stage, const SongShape& shape, const StageSettings& settings);

private:
    class Run;

    SongNetworks& networks_;
    std::function<std::unique_ptr<runtime::Device>()> new_device_;
    std::map<std::string, StageNeeds> known_;  ///< of one song and one tile
};

}  // namespace acestep::planner
