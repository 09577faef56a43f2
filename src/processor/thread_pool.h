// The threads of the processor's kernels.
//
// A kernel is cut into chunks, more of them than threads; each thread takes the next chunk until
// none is left. So a core that another program keeps busy slows a kernel down by its share and no
// more. Nobody spins for long: a thread that has nothing to do looks for work some microseconds
// (kernels follow each other closely), then sleeps.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace acestep::processor {

class ThreadPool {
public:
    /// `threads`, at least 1, counts the caller of `run`: one less is started.
    explicit ThreadPool(int threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int threads() const { return threads_; }

    /// Calls `work(chunk)` once for each chunk 0 … chunks − 1, on any thread and in any order;
    /// returns when all are done. `work` must not throw. One `run` at a time.
    template <typename Work>
    void run(std::int64_t chunks, const Work& work) {
        static_assert(std::is_invocable_v<const Work&, std::int64_t>);
        run_erased(
            chunks,
            [](const void* object, std::int64_t chunk) {
                (*static_cast<const Work*>(object))(chunk);
            },
            &work);
    }

private:
    using Call = void (*)(const void* object, std::int64_t chunk);
    void run_erased(std::int64_t chunks, Call call, const void* object);

    struct State;
    int threads_;
    std::unique_ptr<State> state_;
};

}  // namespace acestep::processor
