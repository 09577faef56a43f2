// Work for several threads: those of OpenMP, which oneDNN and ggml's processor backend use too, so
// that a process has them once.
#pragma once

#include <atomic>
#include <cstdint>

// Of OpenMP's runtime; what is needed of its header.
extern "C" int omp_get_thread_num(void);

namespace acestep::onednn {

/// Rounded up: how many chunks of `by` are in `number`.
constexpr std::int64_t divided(std::int64_t number, std::int64_t by) {
    return (number + by - 1) / by;
}

/// Calls `work(chunk, thread)` once for each chunk 0 … chunks − 1, on threads 0 … threads − 1;
/// returns when all are done. Each thread takes the next chunk until none is left, so a core that
/// another program keeps busy slows the whole by its share and no more. `work` must not throw.
template <typename Work>
void share_out_numbered(int threads, std::int64_t chunks, const Work& work) {
    if (threads > chunks) threads = static_cast<int>(chunks);
    if (threads <= 1) {
        for (std::int64_t chunk = 0; chunk < chunks; ++chunk) work(chunk, 0);
        return;
    }
    std::atomic<std::int64_t> next{0};
#pragma omp parallel num_threads(threads)
    for (std::int64_t chunk = next++; chunk < chunks; chunk = next++)
        work(chunk, omp_get_thread_num());
}

/// The same, for work that does not ask which thread does it.
template <typename Work>
void share_out(int threads, std::int64_t chunks, const Work& work) {
    share_out_numbered(threads, chunks, [&](std::int64_t chunk, int) { work(chunk); });
}

}  // namespace acestep::onednn
