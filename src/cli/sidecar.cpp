#include "cli/sidecar.h"

#include <nlohmann/json.hpp>

#include "cli/text_file.h"

namespace acestep::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* about = "acestep";
constexpr const char* model = "model";
constexpr const char* precision = "precision";
constexpr const char* vae_tile = "vae_tile_frames";

// What is wrong is ignored like the rest of the member: it is information, not a request.
EngineOptions engine_settings(const std::string& text) {
    EngineOptions engine;
    const Json document = Json::parse(text, nullptr, false);
    if (!document.is_object() || !document.contains(about)) return engine;
    const Json& information = document.at(about);
    if (!information.is_object()) return engine;
    const auto member = [&](const char* key) {
        return information.contains(key) ? information.at(key) : Json();
    };
    if (member(model).is_string()) engine.model = member(model).get<std::string>();
    for (const Precision known :
         {Precision::automatic, Precision::f32, Precision::bf16, Precision::q8_0, Precision::q6_k,
          Precision::q5_k, Precision::q4_k}) {
        if (member(precision) == name(known)) engine.precision = known;
    }
    if (member(vae_tile).is_number_integer()) {
        const auto frames = member(vae_tile).get<std::int64_t>();
        if (frames >= 0 && frames <= longest_vae_tile) engine.vae_tile_frames = int(frames);
    }
    return engine;
}

// A request has none of these members.
bool is_composition(const std::string& text) {
    const Json document = Json::parse(text, nullptr, false);
    return document.is_object() && (document.contains("metadata") || document.contains("codes") ||
                                    document.contains("instrumental"));
}

void place_below(const fs::path& folder, fs::path& audio) {
    if (!audio.empty() && audio.is_relative()) audio = folder / audio;
}

}  // namespace

RequestFile read_request_file(const fs::path& path) {
    const std::string text = read_text_file(path);
    if (is_composition(text)) return {.request = request_of_composition(text), .engine = {}};
    RequestFile file{.request = song_request_from_json(text), .engine = engine_settings(text)};
    if (path != "-") {
        place_below(path.parent_path(), file.request.src_audio);
        place_below(path.parent_path(), file.request.reference_audio);
    }
    return file;
}

std::string sidecar_text(const GenerationResult& result, std::size_t index,
                         const EngineOptions& engine) {
    Json document = Json::parse(sidecar_json(result, index));
    if (engine.precision != Precision::automatic)
        document[about][precision] = name(engine.precision);
    if (engine.vae_tile_frames > 0) document[about][vae_tile] = engine.vae_tile_frames;
    return document.dump(2) + "\n";
}

}  // namespace acestep::cli
