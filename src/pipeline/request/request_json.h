// A request as JSON and back. The public functions of song.h (to_json, song_request_from_json) are
// defined in request_json.cpp; this is what the sidecar shares with them.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "acestep/song.h"

namespace acestep::pipeline {

/// The member of a sidecar that reading a request passes over.
inline constexpr std::string_view sidecar_member = "acestep";

/// The fields that differ from their defaults, in the order of song.h.
/// \throws Error{invalid_request} naming a field that JSON cannot hold: a number that is not
/// finite, text or a path that is not UTF-8.
nlohmann::ordered_json request_to_json(const SongRequest& request);

}  // namespace acestep::pipeline
