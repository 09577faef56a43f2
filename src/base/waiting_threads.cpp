#include "base/waiting_threads.h"

#if defined(__linux__)
#include <climits>
#include <cstdlib>

#include <unistd.h>
#endif

namespace acestep {

#if defined(__linux__)

namespace {

// Long enough for the pauses between operations of a graph. By default it is 300,000 rounds, some
// milliseconds, which a thread of another program on the core waits with it.
constexpr const char* spin_rounds = "2000";
// LLVM's OpenMP counts milliseconds.
constexpr const char* block_milliseconds = "0";

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value && *value;
}

}  // namespace

void let_waiting_threads_sleep(char** arguments) {
    if (is_set("OMP_WAIT_POLICY") || is_set("GOMP_SPINCOUNT") || is_set("KMP_BLOCKTIME")) return;
    // They also keep the program that follows from doing so again.
    if (setenv("GOMP_SPINCOUNT", spin_rounds, 1) != 0) return;
    setenv("KMP_BLOCKTIME", block_milliseconds, 1);
    // By its own path: lists of processes show the name of what was started.
    char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    execv(path, arguments);
}

#else

void let_waiting_threads_sleep(char**) {}

#endif

}  // namespace acestep
