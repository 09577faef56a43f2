// What the request layer needs to know about a diffusion checkpoint: its kind and its numbers, all
// read from the checkpoint by whoever opens it.
#pragma once

#include <string>

namespace acestep::pipeline {

struct ModelFacts {
    std::string name;                 ///< such as "acestep-v15-turbo", for messages
    bool turbo = false;               ///< distilled: a fixed schedule of eight steps, no guidance
    bool base = false;                ///< trained for lego, extract and complete too
    bool is_lego_sft = false;         ///< trained for lego
    int latent_frames_limit = 0;      ///< length of the checkpoint's silence latent, frames
    int latent_frames_minimum = 128;  ///< shorter songs are made at this length, as upstream does
    int pool_window = 0;              ///< latent frames of one audio code
    int code_count = 0;               ///< audio codes are 0…code_count−1
    int sample_rate = 0;              ///< samples/s
    int samples_per_frame = 0;        ///< of the VAE

    double frame_rate() const { return double(sample_rate) / samples_per_frame; }
    /// Length of `frames` latent frames in seconds.
    double seconds(double frames) const { return frames * samples_per_frame / sample_rate; }
};

}  // namespace acestep::pipeline
