#include "runtime/weight_stream.h"

#include <algorithm>
#include <utility>

namespace acestep::runtime {

WeightStream::WeightStream(std::size_t blocks, std::function<void(std::size_t block)> bring)
    : blocks_(blocks), bring_(std::move(bring)) {
    for (std::size_t block = 0; block < std::min<std::size_t>(blocks, 2); ++block)
        wanted_[block] = block;
    thread_ = std::thread([this] { work(); });
}

WeightStream::~WeightStream() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void WeightStream::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [&] { return stopping_ || wanted_[0] || wanted_[1]; });
        if (stopping_) return;
        // Of two wanted blocks the one that is computed with first; when both have just become free
        // these are the first two of the next round.
        const bool both = wanted_[0] && wanted_[1];
        const std::size_t place = both ? (*wanted_[1] < *wanted_[0] ? 1 : 0) : (wanted_[0] ? 0 : 1);
        const std::size_t block = *wanted_[place];
        held_[place].reset();
        lock.unlock();
        std::exception_ptr failure;
        try {
            bring_(block);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        // While it was brought another one may have been asked for.
        if (wanted_[place] == block) wanted_[place].reset();
        failed_[place] = failure;
        if (!failure) held_[place] = block;
        changed_.notify_all();
    }
}

void WeightStream::ask_for(std::size_t block) {
    const std::size_t place = block % 2;
    if (held_[place] == block || wanted_[place] == block) return;
    wanted_[place] = block;
    failed_[place] = nullptr;
    changed_.notify_all();
}

void WeightStream::need(std::size_t block) {
    std::unique_lock lock(mutex_);
    const std::size_t place = block % 2;
    // A block that was asked for before and could not be brought has failed for this call.
    if (!failed_[place]) ask_for(block);
    changed_.wait(lock,
                  [&] { return !wanted_[place] && (failed_[place] || held_[place] == block); });
    if (failed_[place]) std::rethrow_exception(std::exchange(failed_[place], nullptr));
}

void WeightStream::done(std::size_t block) {
    const std::lock_guard lock(mutex_);
    // The next one of the round that goes to this place; after the last ones the first two.
    const std::size_t next = block + 2 < blocks_ ? block + 2 : block % 2;
    ask_for(next);
}

}  // namespace acestep::runtime
