// Reading with limits of the caller's; reading without them is public (acestep/audio.h).
#pragma once

#include <filesystem>
#include <functional>

#include "acestep/audio.h"

namespace acestep::audio {

struct ReadLimits {
    /// A longer file is refused as soon as that is known. 40 minutes: four of the longest songs.
    double most_seconds = 2400;
    /// Called between blocks of some hundred milliseconds; what it throws ends the reading.
    std::function<void()> between_blocks;
};

/// As the public function. \throws Error{unsupported} beyond the limit, and whatever else that
/// throws.
Waveform read_audio(const std::filesystem::path& path, const ReadLimits& limits);

}  // namespace acestep::audio
