// Two places on a device through which the blocks of a network pass, one after the other.
//
// While a graph computes with block b in one place, block b + 1 is brought to the other one by a
// thread of its own. So a network needs the memory of two of its blocks, and its speed is that of
// the slower of computing and copying.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace acestep::runtime {

class WeightStream {
public:
    /// `bring(b)` fills place b % 2 with block b; it is called on the stream's thread. Begins with
    /// the first two blocks.
    WeightStream(std::size_t blocks, std::function<void(std::size_t block)> bring);
    ~WeightStream();
    WeightStream(const WeightStream&) = delete;
    WeightStream& operator=(const WeightStream&) = delete;

    /// Waits until `block` is in its place. In whatever order blocks are asked for, they come; in
    /// ascending order and round again they come without waiting for each other. \throws what
    /// `bring` threw
    void need(std::size_t block);
    /// Computing with `block` is over, so its place may be filled again.
    void done(std::size_t block);

private:
    void work();
    void ask_for(std::size_t block);

    const std::size_t blocks_;
    const std::function<void(std::size_t)> bring_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<std::size_t> held_[2];    ///< what a place has, whole
    std::optional<std::size_t> wanted_[2];  ///< what it is to get
    std::exception_ptr failed_[2];          ///< why the last block could not be brought
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace acestep::runtime
