// What networks have made of an input that may come again: the states of a caption, the latents of
// a recording, the timbre of silence. The next song then has them without the network.
//
// A network gives the same numbers for the same input, types of weights and device, and these are
// what a result is found by; so a song does not depend on what was made before it.
// Source: spec pipeline.md 10.5, dit.md 12.9.
#pragma once

#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>

#include "base/array.h"

namespace acestep::pipeline {

/// `network` on an input, run the way that RunContext::way() says.
std::string result_key(std::string_view network, std::string_view way, std::string_view input);
/// What tells an input from others: SHA-256 of its shape and values.
std::string content_key(const Array& input);
std::string content_key(std::span<const std::int32_t> ids);

class ResultCache {
public:
    /// Of host memory; 0: nothing is kept.
    explicit ResultCache(std::int64_t most_bytes) : most_bytes_(most_bytes) {}

    /// What `network` makes of an input, run the way that RunContext::way() says: `make()`, or what
    /// it gave before.
    template <typename Input, typename Make>
    Array get(std::string_view network, std::string_view way, const Input& input, Make&& make) {
        if (most_bytes_ <= 0) return make();  // telling inputs apart takes a pass over them
        const std::string key = result_key(network, way, content_key(input));
        if (const Array* known = find(key)) return *known;
        Array result = make();
        keep(key, result);
        return result;
    }

    /// Null when there is none. Valid until the next call.
    const Array* find(const std::string& key);
    /// Forgets what was not used for the longest time. Where there is no memory for it, all.
    void keep(const std::string& key, const Array& result);
    void clear();

    std::int64_t bytes() const { return bytes_; }

private:
    struct Entry {
        std::string key;
        Array result;

        std::int64_t bytes() const;
    };

    std::int64_t most_bytes_;
    std::int64_t bytes_ = 0;
    std::list<Entry> entries_;  ///< the last used first; a few dozen
};

}  // namespace acestep::pipeline
