// What is written into an audio file about the song.
#pragma once

#include <map>
#include <string>

#include "acestep/song.h"

namespace acestep::cli {

/// The title, words and music facts, and in COMMENT the request as JSON, so that a file without its
/// sidecar can still be made again. Audio inputs appear there without their folders: a song is
/// passed on, and where its maker keeps files is nobody's business.
std::map<std::string, std::string> tags_for(const SongRequest& made, const std::string& title);

}  // namespace acestep::cli
