// Request files, and the sidecar that lies beside a song and is one.
//
// A sidecar is the complete request as the library writes it. Its member "acestep" tells more,
// which the library ignores when it reads; the program adds the engine's settings there that change
// the samples, and takes them up again, so that `--from song.json` alone repeats the song.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "acestep/engine.h"

namespace acestep::cli {

/// Latent frames; no song is longer.
inline constexpr int longest_vae_tile = 15000;

struct RequestFile {
    SongRequest request;
    EngineOptions engine;  ///< model, precision and VAE tile as the sidecar has them, else defaults
};

/// "-" is the standard input. Relative audio paths in a file are meant from the file's folder. What
/// the commands of the language model write is a request, too (request_of_composition).
/// \throws Error{not_found}, Error{invalid_request}
RequestFile read_request_file(const std::filesystem::path& path);

/// The sidecar of song `index`, made by an engine with these options.
std::string sidecar_text(const GenerationResult& result, std::size_t index,
                         const EngineOptions& engine);

}  // namespace acestep::cli
