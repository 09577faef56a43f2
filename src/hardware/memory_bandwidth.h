// How fast this machine reads its memory: what bounds a language model on a processor.
#pragma once

#include <cstdint>

namespace acestep::hardware {

/// Bytes that are read over and over: 64 MiB or four times the largest cache, so that they do not
/// stay in it, but at most 1 GiB and a quarter of `usable_bytes`.
std::int64_t bandwidth_buffer_bytes(std::int64_t cache_bytes, std::int64_t usable_bytes);

/// Bytes/s that `threads` read together, in about a tenth of a second. 0 when there is no memory or
/// no thread to be had.
double memory_bandwidth(int threads, std::int64_t buffer_bytes);

}  // namespace acestep::hardware
