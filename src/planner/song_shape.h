// The lengths of one request, as far as memory and time depend on them.
#pragma once

#include <cstdint>

namespace acestep::planner {

struct SongShape {
    std::int64_t frames = 0;  ///< latent frames of the song, 25 a second; 0: no song is made
    std::int64_t text_tokens = 128;
    std::int64_t lyric_tokens = 256;
    std::int64_t codes = 0;          ///< audio codes that are given or planned; 0: none
    std::int64_t source_frames = 0;  ///< of audio that is encoded; 0: none
    bool is_cover = false;           ///< the source passes the audio tokenizer
    bool has_reference = false;
    bool guided = false;  ///< two branches in every step of the sampler
    /// Behind the sampler its network tells when the lyrics are sung; it has heads for that.
    bool times_lyrics = false;
    int steps = 8;
    int songs = 1;

    // What the language model does; `lm_tokens` 0: nothing.
    std::int64_t lm_prompt_tokens = 256;
    std::int64_t lm_tokens = 0;  ///< the longest that a song's plan can get
    bool lm_guided = true;

    bool operator==(const SongShape&) const = default;
};

}  // namespace acestep::planner
