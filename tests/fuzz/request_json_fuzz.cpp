// Requests and compositions as JSON from anyone: read, resolved, written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "acestep/error.h"
#include "acestep/song.h"
#include "pipeline/request/resolve.h"
#include "pipeline/request/task_rules.h"

namespace {

using namespace acestep;

const pipeline::ModelFacts model{.name = "base",
                                 .base = true,
                                 .latent_frames_limit = 15000,
                                 .pool_window = 5,
                                 .code_count = 64000,
                                 .sample_rate = 48000,
                                 .samples_per_frame = 1920};

void require(bool holds) {
    if (!holds) std::abort();  // a finding
}

/// What a composition asks for is a request like any other.
void try_composition(std::string_view text) {
    try {
        const SongRequest request = request_of_composition(text);
        require(song_request_from_json(to_json(request)) == request);
    } catch (const Error&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try_composition(text);
    try {
        const SongRequest request = song_request_from_json(text);
        require(song_request_from_json(to_json(request)) == request);

        pipeline::SourceFacts source;
        if (pipeline::uses_source(request)) source.source_samples = 480'000;
        const auto first = pipeline::resolve(request, model, source, [] { return 7u; });
        const SongRequest song = pipeline::request_of_song(first, 0);
        const auto again = pipeline::resolve(song, model, source, [] { return 8u; });
        require(pipeline::request_of_song(again, 0) == song);
        require(song_request_from_json(to_json(song)) == song);
    } catch (const Error&) {
    }
    return 0;
}
