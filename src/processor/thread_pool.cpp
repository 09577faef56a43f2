#include "processor/thread_pool.h"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "acestep/error.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace acestep::processor {
namespace {

// Looks for work before a thread sleeps: 20 to 80 µs, as processors pause for 10 to 40 ns each.
constexpr int looks = 2000;

// Chunks are counted in 32 bits; a run of more, which nobody has, is done by its caller.
constexpr std::int64_t most_chunks = 0xffffffff;

void pause() {
#if defined(__x86_64__) || defined(_M_X64)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("isb");  // `yield` takes no time on most of them
#endif
}

/// Waits for `ready`: first looks, then sleeps. `ready` reads an atomic that others change before
/// they call `wake`, all in sequentially consistent order: so either the waker sees the sleeper or
/// the sleeper sees the change.
class Waiter {
public:
    template <typename Ready>
    void wait(const Ready& ready) {
        for (int look = 0; look < looks; ++look) {
            if (ready()) return;
            pause();
        }
        std::unique_lock lock(mutex_);
        sleepers_.fetch_add(1);
        woken_.wait(lock, ready);
        sleepers_.fetch_sub(1);
    }

    void wake() {
        if (sleepers_.load() == 0) return;
        { const std::lock_guard lock(mutex_); }  // a sleeper that has looked is now really asleep
        woken_.notify_all();
    }

private:
    std::atomic<int> sleepers_ = 0;
    std::mutex mutex_;
    std::condition_variable woken_;
};

}  // namespace

// `ticket` is the number of the run (upper half) and how many of its chunks are not taken yet
// (lower half) in one, so that taking a chunk fails when the run is over, however late a thread
// comes. A run cannot end before its last chunk is taken and done: so a thread that takes one has
// read the fields of that run, and none touches the fields of a run that has ended.
struct ThreadPool::State {
    // Apart from each other, because different threads write them.
    alignas(64) std::atomic<std::uint64_t> ticket = 0;
    alignas(64) std::atomic<std::int64_t> done = 0;
    alignas(64) std::atomic<std::int64_t> chunks = 0;
    std::atomic<Call> call = nullptr;
    std::atomic<const void*> object = nullptr;
    std::atomic<bool> stopping = false;
    Waiter work_waiter, end_waiter;
    std::vector<std::thread> workers;

    ~State() {
        stopping.store(true);
        work_waiter.wake();
        for (std::thread& worker : workers) worker.join();
    }

    void publish(std::int64_t count, Call new_call, const void* new_object);
    void take_chunks();
    void work_until_stopped();
    bool finished() const { return done.load() == chunks.load(std::memory_order_relaxed); }
};

namespace {

std::int64_t chunks_left(std::uint64_t ticket) {
    return static_cast<std::int64_t>(ticket & 0xffffffff);
}

}  // namespace

void ThreadPool::State::publish(std::int64_t count, Call new_call, const void* new_object) {
    chunks.store(count, std::memory_order_relaxed);
    call.store(new_call, std::memory_order_relaxed);
    object.store(new_object, std::memory_order_relaxed);
    done.store(0, std::memory_order_relaxed);
    const std::uint64_t run = (ticket.load(std::memory_order_relaxed) >> 32) + 1;
    ticket.store((run << 32) | static_cast<std::uint64_t>(count));
    work_waiter.wake();
}

void ThreadPool::State::take_chunks() {
    std::uint64_t seen = ticket.load();
    while (chunks_left(seen) > 0) {
        const std::int64_t count = chunks.load(std::memory_order_relaxed);
        const Call run_call = call.load(std::memory_order_relaxed);
        const void* const run_object = object.load(std::memory_order_relaxed);
        if (!ticket.compare_exchange_weak(seen, seen - 1)) continue;
        run_call(run_object, count - chunks_left(seen));
        if (done.fetch_add(1) + 1 == count) end_waiter.wake();
        seen = ticket.load();
    }
}

void ThreadPool::State::work_until_stopped() {
    while (!stopping.load()) {
        take_chunks();
        work_waiter.wait([this] { return chunks_left(ticket.load()) > 0 || stopping.load(); });
    }
}

ThreadPool::ThreadPool(int threads) : threads_(threads), state_(std::make_unique<State>()) {
    if (threads < 1) {
        throw Error(ErrorCode::internal,
                    fmt::format("A thread pool of {} threads was asked for; it needs 1.", threads));
    }
    for (int i = 1; i < threads; ++i)
        state_->workers.emplace_back([state = state_.get()] { state->work_until_stopped(); });
}

ThreadPool::~ThreadPool() = default;

void ThreadPool::run_erased(std::int64_t chunks, Call call, const void* object) {
    if (threads_ == 1 || chunks <= 1 || chunks > most_chunks) {
        for (std::int64_t chunk = 0; chunk < chunks; ++chunk) call(object, chunk);
        return;
    }
    state_->publish(chunks, call, object);
    state_->take_chunks();
    state_->end_waiter.wait([this] { return state_->finished(); });
}

}  // namespace acestep::processor
