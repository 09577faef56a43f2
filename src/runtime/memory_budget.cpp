#include "runtime/memory_budget.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::runtime {
namespace {

double gigabytes(std::int64_t bytes) {
    return static_cast<double>(bytes) / 1e9;
}

constexpr std::string_view ask_for_less = "Ask for a shorter song or fewer at once.";

}  // namespace

MemoryLease::MemoryLease(MemoryLease&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

MemoryLease& MemoryLease::operator=(MemoryLease&& other) noexcept {
    if (this != &other) {
        release();
        budget_ = std::exchange(other.budget_, nullptr);
        bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
}

MemoryLease::~MemoryLease() {
    release();
}

void MemoryLease::release() noexcept {
    if (budget_) budget_->held_ -= bytes_;
    budget_ = nullptr;
    bytes_ = 0;
}

MemoryBudget::MemoryBudget(std::string device_name, std::int64_t limit_bytes)
    : device_name_(std::move(device_name)), limit_(limit_bytes) {}

MemoryLease MemoryBudget::book(std::int64_t bytes, std::string_view purpose) {
    if (refused_in_ > 0 && --refused_in_ == 0) throw_out_of_memory(device_name_, bytes, purpose);
    if (limit_ > 0 && held_ + bytes > limit_) {
        throw Error(ErrorCode::out_of_memory,
                    fmt::format("{} needs {:.2f} GB on {}; {:.2f} of its {:.2f} GB are free.",
                                purpose, gigabytes(bytes), device_name_, gigabytes(limit_ - held_),
                                gigabytes(limit_)),
                    std::string(ask_for_less));
    }
    held_ += bytes;
    peak_ = std::max(peak_, held_);
    return MemoryLease(this, bytes);
}

void throw_out_of_memory(std::string_view device_name, std::int64_t bytes,
                         std::string_view purpose) {
    throw Error(ErrorCode::out_of_memory,
                fmt::format("{} needs {:.2f} GB on {}, which has not that much free memory.",
                            purpose, gigabytes(bytes), device_name),
                std::string(ask_for_less));
}

}  // namespace acestep::runtime
