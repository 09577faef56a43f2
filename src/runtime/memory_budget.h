// One ledger for all memory of a device.
//
// Everything the engine holds on a device (weights, mapped or copied, states between graph runs,
// the activations of a graph, work space of a backend) is booked here before it is allocated. That
// gives three things: the peak of every stage as a number, a limit that refuses like a real device,
// and one place that turns a refusal into Error{out_of_memory}.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace acestep::runtime {

class MemoryBudget;

/// Booked bytes; given back when destroyed. Movable; an empty one holds nothing.
class MemoryLease {
public:
    MemoryLease() = default;
    MemoryLease(MemoryLease&& other) noexcept;
    MemoryLease& operator=(MemoryLease&& other) noexcept;
    ~MemoryLease();

    std::int64_t bytes() const { return bytes_; }
    void release() noexcept;

private:
    friend class MemoryBudget;
    MemoryLease(MemoryBudget* budget, std::int64_t bytes) : budget_(budget), bytes_(bytes) {}

    MemoryBudget* budget_ = nullptr;
    std::int64_t bytes_ = 0;
};

/// Not thread-safe: one request runs at a time.
class MemoryBudget {
public:
    /// `limit_bytes` 0: no limit of ours.
    MemoryBudget(std::string device_name, std::int64_t limit_bytes = 0);

    /// \throws Error{out_of_memory} naming `purpose` and the figures when the limit does not allow
    /// it.
    [[nodiscard]] MemoryLease book(std::int64_t bytes, std::string_view purpose);

    /// For tests: the request with this number, counted from 1 and from now, is refused as if the
    /// device had not got the memory; 0: none.
    void refuse_request(std::int64_t number) { refused_in_ = number; }
    void lift_limit() { limit_ = 0; }
    std::int64_t limit_bytes() const { return limit_; }

    std::int64_t held_bytes() const { return held_; }
    std::int64_t peak_bytes() const { return peak_; }
    /// Starts a new measurement: the peak becomes what is held now.
    void reset_peak() { peak_ = held_; }

private:
    friend class MemoryLease;

    std::string device_name_;
    std::int64_t limit_;
    std::int64_t held_ = 0;
    std::int64_t peak_ = 0;
    std::int64_t refused_in_ = 0;
};

/// For memory the device itself refused, so that both kinds of refusal read the same.
[[noreturn]] void throw_out_of_memory(std::string_view device_name, std::int64_t bytes,
                                      std::string_view purpose);

}  // namespace acestep::runtime
