#include "hardware/memory_bandwidth.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace acestep::hardware {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto duration = std::chrono::milliseconds(100);

std::uint64_t sum(const std::vector<std::uint64_t>& words) {
    // Four sums, so that additions do not wait for each other.
    std::uint64_t a = 0, b = 0, c = 0, d = 0;
    for (std::size_t i = 0; i + 4 <= words.size(); i += 4) {
        a += words[i];
        b += words[i + 1];
        c += words[i + 2];
        d += words[i + 3];
    }
    return a + b + c + d;
}

/// Bytes/s of one thread, in memory of its own that it touched first.
double read_alone(std::size_t words, std::atomic<std::uint64_t>& sink) {
    std::vector<std::uint64_t> memory;
    try {
        memory.assign(words, 1);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    const auto begin = Clock::now();
    std::size_t passes = 0;
    std::chrono::duration<double> taken{};
    do {
        // Used, so that the compiler cannot leave the reading out.
        sink.fetch_add(sum(memory), std::memory_order_relaxed);
        ++passes;
        taken = Clock::now() - begin;
    } while (taken < duration);
    const std::size_t bytes = passes * words * sizeof(std::uint64_t);
    return taken.count() > 0 ? static_cast<double>(bytes) / taken.count() : 0;
}

}  // namespace

std::int64_t bandwidth_buffer_bytes(std::int64_t cache_bytes, std::int64_t usable_bytes) {
    constexpr std::int64_t least = std::int64_t{64} << 20, most = std::int64_t{1} << 30;
    std::int64_t bytes = std::clamp(std::min(cache_bytes, most) * 4, least, most);
    if (usable_bytes > 0) bytes = std::min(bytes, usable_bytes / 4);
    return bytes;
}

double memory_bandwidth(int threads, std::int64_t buffer_bytes) {
    const auto count = static_cast<std::size_t>(std::max(1, threads));
    const std::size_t words =
        static_cast<std::size_t>(std::max<std::int64_t>(0, buffer_bytes)) / count / 8;
    if (words == 0) return 0;
    std::atomic<std::uint64_t> sink{0};
    std::vector<double> rates(count, 0);
    std::vector<std::jthread> workers;
    try {
        for (double& rate : rates)
            workers.emplace_back([&rate, &sink, words] { rate = read_alone(words, sink); });
    } catch (const std::system_error&) {
        // Those that did start are measured.
    }
    for (std::jthread& worker : workers) worker.join();
    double total = 0;
    for (const double rate : rates) total += rate;
    return total;
}

}  // namespace acestep::hardware
