#include "planner/limits.h"

#include <cmath>
#include <vector>

namespace acestep::planner {

SongShape with_duration(SongShape shape, double seconds, double frame_rate, int pool_window) {
    shape.frames = static_cast<std::int64_t>(seconds * frame_rate);
    const std::int64_t codes = shape.frames / pool_window;
    if (shape.codes > 0) shape.codes = codes;
    if (shape.lm_tokens > 0) shape.lm_tokens = codes + 1;
    if (shape.source_frames > 0) shape.source_frames = shape.frames;
    return shape;
}

double longest_duration(std::vector<PlannedDevice>& devices, const SongNetworks& networks,
                        const SongShape& shape, const Constraints& constraints, double most_seconds,
                        const std::vector<Refusal>& refusals) {
    std::vector<double> grid{10};
    for (double seconds = 30; seconds < most_seconds; seconds += 30) grid.push_back(seconds);
    grid.push_back(most_seconds);
    // A longer song never needs less, so halving finds the border.
    std::size_t possible = 0, impossible = grid.size() + 1;
    while (impossible - possible > 1) {
        const std::size_t middle = (possible + impossible) / 2;
        const SongShape tried =
            with_duration(shape, grid[middle - 1], networks.vae_config().frame_rate(),
                          static_cast<int>(networks.config().pool_window));
        if (search(devices, tried, constraints, refusals).impossible)
            impossible = middle;
        else
            possible = middle;
    }
    return possible == 0 ? 0 : grid[possible - 1];
}

}  // namespace acestep::planner
