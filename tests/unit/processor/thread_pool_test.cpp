#include "processor/thread_pool.h"

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/error.h"

namespace acestep::processor {
namespace {

/// How often each of `count` chunks is done. Plain integers: two threads in one chunk, or a result
/// that the caller cannot see yet, are a data race that ThreadSanitizer reports.
std::vector<int> times_done(ThreadPool& pool, std::int64_t count) {
    std::vector<int> times(static_cast<std::size_t>(count));
    pool.run(count, [&](std::int64_t chunk) { ++times[static_cast<std::size_t>(chunk)]; });
    return times;
}

TEST(ThreadPool, DoesEveryChunkOnce) {
    for (const int threads : {1, 2, 3, 8}) {
        ThreadPool pool(threads);
        EXPECT_EQ(pool.threads(), threads);
        for (const std::size_t count : {0, 1, 2, 7, 10'000})
            EXPECT_EQ(times_done(pool, static_cast<std::int64_t>(count)),
                      std::vector<int>(count, 1));
    }
}

TEST(ThreadPool, DoesThousandsOfRunsOfAnySize) {
    for (const int threads : {2, 5}) {
        ThreadPool pool(threads);
        for (int run = 0; run < 5000; ++run) {
            const auto count = static_cast<std::size_t>(run % 21);
            // Work and results live for one run only: a late thread must not touch them.
            std::vector<int> results(count);
            pool.run(static_cast<std::int64_t>(count), [&, run](std::int64_t chunk) {
                results[static_cast<std::size_t>(chunk)] = run;
            });
            ASSERT_EQ(results, std::vector<int>(count, run));
        }
    }
}

TEST(ThreadPool, WakesThreadsThatFellAsleep) {
    ThreadPool pool(3);
    for (int run = 0; run < 20; ++run) {
        for (int i = 0; i < 5000; ++i) std::this_thread::yield();
        // Each chunk waits for the others, so each has a thread of its own.
        std::atomic<int> arrived = 0;
        pool.run(3, [&](std::int64_t) {
            ++arrived;
            while (arrived < 3) std::this_thread::yield();
        });
    }
}

TEST(ThreadPool, RunsInsideTheChunksOfAnotherPool) {
    ThreadPool outer(3);
    std::atomic<int> chunks = 0;
    outer.run(6, [&](std::int64_t) {
        ThreadPool inner(2);
        inner.run(5, [&](std::int64_t) { ++chunks; });
    });
    EXPECT_EQ(chunks, 30);
}

TEST(ThreadPool, NeedsAThread) {
    EXPECT_THROW(ThreadPool(0), Error);
}

}  // namespace
}  // namespace acestep::processor
