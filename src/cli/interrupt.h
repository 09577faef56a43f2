// Signals. Ctrl-C: the first asks the running request to stop, the second ends the program at once.
#pragma once

#include "acestep/progress.h"

namespace acestep::cli {

/// While it lives, SIGINT and SIGTERM cancel `token`; a second signal exits with status 130.
/// A signal that was ignored when the program started (nohup, a background job) stays ignored.
/// One at a time: signals belong to the whole process.
class InterruptGuard {
public:
    explicit InterruptGuard(CancelToken& token);
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

private:
    using Handler = void (*)(int);
    Handler former_interrupt_;
    Handler former_terminate_;
};

/// From now on a pipe that nobody reads any more fails a write instead of ending the program.
void ignore_closed_pipes();

}  // namespace acestep::cli
