// How much audio the header of a chunked file promises.
//
// libsndfile quietly plays what there is of a WAV or AIFF file that was cut short, so half a
// download would become half a reference. The sample chunk's own length tells.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>

namespace acestep::audio {

/// Length of the sample chunk, and the bytes that are there for it.
struct ChunkLength {
    std::int64_t promised = 0;
    std::int64_t present = 0;
};

/// Of a WAV or AIFF stream; nothing for other files, for one without such a chunk and for one whose
/// writer did not know the length (0xFFFFFFFF and the like, as programs write into a pipe).
/// Leaves the stream's position anywhere.
std::optional<ChunkLength> sample_chunk_length(std::istream& stream);

}  // namespace acestep::audio
