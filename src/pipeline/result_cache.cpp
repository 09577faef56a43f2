#include "pipeline/result_cache.h"

#include <algorithm>
#include <new>

#include "base/sha256.h"

namespace acestep::pipeline {

std::int64_t ResultCache::Entry::bytes() const {
    return static_cast<std::int64_t>(key.size() + result.values.size() * sizeof(float));
}

const Array* ResultCache::find(const std::string& key) {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.key == key; });
    if (known == entries_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, known);
    return &entries_.front().result;
}

void ResultCache::keep(const std::string& key, const Array& result) {
    const auto bytes = static_cast<std::int64_t>(result.values.size() * sizeof(float));
    if (bytes > most_bytes_ || find(key)) return;
    try {
        entries_.push_front({key, result});
    } catch (const std::bad_alloc&) {
        clear();
        return;
    }
    bytes_ += entries_.front().bytes();
    while (bytes_ > most_bytes_) {
        bytes_ -= entries_.back().bytes();
        entries_.pop_back();
    }
}

void ResultCache::clear() {
    entries_.clear();
    bytes_ = 0;
}

std::string result_key(std::string_view network, std::string_view way, std::string_view input) {
    std::string key(network);
    for (const std::string_view part : {way, input}) key.append("\n").append(part);
    return key;
}

std::string content_key(const Array& input) {
    Sha256 hash;
    hash.add(std::as_bytes(std::span(input.shape)));
    hash.add(std::as_bytes(std::span(input.values)));
    return hash.finish();
}

std::string content_key(std::span<const std::int32_t> ids) {
    Sha256 hash;
    hash.add(std::as_bytes(ids));
    return hash.finish();
}

}  // namespace acestep::pipeline
