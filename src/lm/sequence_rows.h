// Where the sequences of one task are in the cache.
//
//     rows 0 …            texts that all sequences begin with (the prompts)
//     then, one for each  what a sequence alone has read: its share of `capacity` rows
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/cached_attention.h"
#include "models/decoder.h"
#include "models/kv_cache.h"

namespace acestep::lm {

/// One sequence's rows.
struct SequencePlace {
    models::CachedRows shared;
    models::CachedRows own;

    std::int64_t length() const { return shared.count + own.count; }
};

class SequenceRows {
public:
    /// `shared` rows, and `capacity` rows for each of `sequences`. \throws Error{out_of_memory}
    SequenceRows(runtime::Device& device, const models::LanguageModel& model, std::int64_t shared,
                 std::int64_t sequences, std::int64_t capacity);

    models::Decoder& decoder() { return *decoder_; }
    SequencePlace& operator[](std::size_t sequence) { return places_[sequence]; }

    /// Makes room for `more` tokens in every sequence; at most `most` in each.
    /// \throws Error{out_of_memory}, and everything is as before
    void reserve(std::int64_t more, std::int64_t most);

    /// A token that sequence `sequence` reads next. Its row is taken.
    models::NewToken append(std::size_t sequence, std::int32_t id);

private:
    void allocate(std::int64_t capacity);

    runtime::Device& device_;
    const models::LanguageModel& model_;
    std::int64_t shared_;
    std::int64_t capacity_ = 0;
    std::vector<SequencePlace> places_;
    std::unique_ptr<models::KvCache> cache_;
    std::unique_ptr<models::Decoder> decoder_;
};

}  // namespace acestep::lm
