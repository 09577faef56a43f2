// The JSON beside a song's file: its request, and facts for whoever reads it.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "acestep/song.h"
#include "acestep/version.h"
#include "pipeline/request/request_json.h"
#include "pipeline/request/validate.h"

namespace acestep {

std::string sidecar_json(const GenerationResult& result, std::size_t index) {
    if (index >= result.songs.size())
        throw Error(
            ErrorCode::invalid_request,
            fmt::format("There is no song {}; the result has {}.", index, result.songs.size()));
    const Song& song = result.songs[index];
    pipeline::check_text("model", result.model);
    for (const std::string& warning : result.warnings) pipeline::check_text("A warning", warning);

    nlohmann::ordered_json object = pipeline::request_to_json(song.request);
    object[std::string(pipeline::sidecar_member)] = {
        {"version", std::string(version())},
        {"model", result.model},
        {"seed", song.seed},
        {"duration", song.waveform.duration_seconds()},
        {"silent", song.silent},
        {"warnings", result.warnings},
    };
    return object.dump(2);
}

}  // namespace acestep
