// Progress and cancellation of a running request.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string_view>

namespace acestep {

/// The stages of one song, in the order they run.
enum class Stage { load, compose, listen, describe, condition, diffuse, align, decode, finish };

/// The stage's name as it appears in reports, such as "diffuse".
std::string_view name(Stage stage);

/// One report. `done` of `total` units of the stage are finished: audio codes of a plan, steps
/// of the sampler, tiles of the decoder, and so on; 0 of 0 when a stage begins that cannot be
/// divided.
struct Progress {
    Stage stage = Stage::load;
    int done = 0;
    int total = 0;
    std::optional<double> remaining_seconds;  ///< of this stage, once it can be estimated
};

/// Called from the thread that runs the request. An exception thrown from it ends the request.
using ProgressCallback = std::function<void(const Progress&)>;

/// A flag that another thread or a signal handler may set. The request ends with
/// Error{cancelled} at the next point where that is possible, within a second.
class CancelToken {
public:
    void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> cancelled_{false};
};

}  // namespace acestep
