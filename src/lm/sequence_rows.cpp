#include "lm/sequence_rows.h"

#include <algorithm>

namespace acestep::lm {
namespace {

// Steps in which room grows where nobody knows how long a text becomes.
constexpr std::int64_t growth = 512;

}  // namespace

SequenceRows::SequenceRows(runtime::Device& device, const models::LanguageModel& model,
                           std::int64_t shared, std::int64_t sequences, std::int64_t capacity)
    : device_(device),
      model_(model),
      shared_(shared),
      places_(static_cast<std::size_t>(sequences)) {
    allocate(capacity);
}

void SequenceRows::allocate(std::int64_t capacity) {
    const auto sequences = static_cast<std::int64_t>(places_.size());
    auto cache = std::make_unique<models::KvCache>(device_, model_.config(), model_.cache_type(),
                                                   shared_ + sequences * capacity);
    if (cache_) cache->copy_rows(*cache_, 0, 0, shared_);
    for (std::int64_t i = 0; i < sequences; ++i) {
        models::CachedRows& own = places_[static_cast<std::size_t>(i)].own;
        const std::int64_t begin = shared_ + i * capacity;
        if (cache_) cache->copy_rows(*cache_, own.begin, begin, own.count);
        own.begin = begin;
    }
    decoder_ = std::make_unique<models::Decoder>(device_, model_, *cache);
    cache_ = std::move(cache);
    capacity_ = capacity;
}

void SequenceRows::reserve(std::int64_t more, std::int64_t most) {
    std::int64_t longest = 0;
    for (const SequencePlace& place : places_) longest = std::max(longest, place.own.count);
    const std::int64_t needed = longest + more;
    if (needed <= capacity_) return;
    allocate(std::max(needed, std::min(most, capacity_ + growth)));
}

models::NewToken SequenceRows::append(std::size_t sequence, std::int32_t id) {
    SequencePlace& place = places_[sequence];
    models::NewToken token;
    token.id = id;
    token.position = place.length();
    token.row = place.own.begin + place.own.count++;
    token.visible = {place.shared, place.own};
    return token;
}

}  // namespace acestep::lm
