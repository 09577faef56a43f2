// The engine: checkpoints in, songs out.
//
//     acestep::Engine engine({.checkpoints = "checkpoints/demo"});
//     acestep::SongRequest request;
//     request.caption = "driving techno with organ, pulse bass, square lead and drums";
//     request.duration = 20;
//     const auto result = engine.generate(request);
//     acestep::write_audio(result.songs[0].waveform, "song.flac", {});
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "acestep/error.h"
#include "acestep/language.h"
#include "acestep/machine.h"
#include "acestep/plan.h"
#include "acestep/progress.h"
#include "acestep/song.h"

namespace acestep {

/// In which type weights are kept and multiplied. `automatic`: bf16 where the checkpoint has 16-bit
/// weights, else f32. Norms, softmax, time embedding and sampler state are always f32.
/// `q8_0` has 8.5 bits a weight; `q6_k`, `q5_k` and `q4_k` have 6.6, 5.5 and 4.5, and are not for
/// the language model, whose audio codes they break. The autoencoder is f16 and the audio tokenizer
/// f32 with each of these.
enum class Precision { automatic, f32, bf16, q8_0, q6_k, q5_k, q4_k };
std::string_view name(Precision precision);
Precision precision_from_name(std::string_view name);

struct EngineOptions {
    /// Folder in the official layout: `vae`, `Qwen3-Embedding-0.6B`, `acestep-v15-*`, ….
    std::filesystem::path checkpoints;
    /// Folder or GGUF file name of the diffusion model below `checkpoints`; blank: the first of
    /// acestep-v15-turbo, then any other that is present.
    std::string model;
    Precision precision = Precision::automatic;
    /// Folder name of the 5 Hz language model below `checkpoints`; blank: of those that are present
    /// the 1.7B one, then the others by name.
    std::string lm_model;
    Precision lm_precision = Precision::automatic;
    int threads = 0;          ///< 0: the machine's real cores
    int vae_tile_frames = 0;  ///< 0: the engine decides
    /// Of host memory for what a later request would compute again from equal texts, recordings or
    /// codes. 0: nothing is kept. It changes no song.
    std::int64_t remembered_bytes = std::int64_t{64} << 20;

    /// What may be used of the machine; its `threads` are those above.
    MachineLimits machine;
    Limits limits = Limits::automatic;
    /// Whether weights leave the device after their stage; absent: as memory allows.
    std::optional<bool> offload_to_cpu;
    std::optional<bool> offload_dit_to_cpu;  ///< the diffusion transformer's
    bool vae_on_cpu = false;
    bool lm_on_cpu = false;
};

/// Takes over what variables of the official programs say: MAX_CUDA_VRAM, ACESTEP_OFFLOAD_TO_CPU,
/// ACESTEP_DEVICE, ACESTEP_INIT_LLM and so on (docs/planning.md). Gives lines for the log.
std::vector<std::string> apply_environment(EngineOptions& options, SongRequest& request,
                                           const EnvironmentLookup& environment);

/// `environment` and, of what it does not have, what a `.env` file says. `notes` gets a line for
/// the log for each line of the file that is passed over.
/// \throws Error{not_found}; Error{invalid_request} when the file is no such file
EnvironmentLookup with_env_file(EnvironmentLookup environment, const std::filesystem::path& file,
                                std::vector<std::string>& notes);

/// What of the options `make_plan` takes.
PlanChoices plan_choices(const EngineOptions& options);
MachineLimits machine_limits(const EngineOptions& options);

/// Called when a song of a request is finished, with everything so far; the new one is the last of
/// `songs`. What it keeps is safe from whatever happens to the songs that follow.
using SongCallback = std::function<void(const GenerationResult& so_far)>;

/// A piece of a song as it comes out of the decoder, long before the last one does. It is the
/// decoder's own sound: peaks may exceed full scale, because level and fades need the whole song,
/// and a repaint is not yet spliced with its source.
struct DecodedAudio {
    std::size_t song = 0;  ///< the index that it will have in GenerationResult::songs
    int sample_rate = 48000;
    std::int64_t first_sample = 0;                 ///< of the piece in the song
    std::int64_t total_samples = 0;                ///< of the song, known from the first piece on
    std::vector<std::span<const float>> channels;  ///< planar, valid during the call
};

/// Called from the thread that runs the request. The pieces of a song come in order and have each
/// of its samples once, whatever happens to memory meanwhile. An exception thrown from it ends the
/// request, unless it tells of memory (std::bad_alloc, Error{out_of_memory}): then what is left of
/// the song is decoded in smaller tiles, as when the decoder itself finds none.
using AudioCallback = std::function<void(const DecodedAudio& piece)>;

class Engine {
public:
    /// Finds and checks the checkpoints; weights are mapped, not yet read.
    /// \throws Error{not_found, corrupt_file, unsupported}
    explicit Engine(EngineOptions options);
    ~Engine();
    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;

    /// Makes the songs of a request. One request at a time; the engine may be used again
    /// afterwards, also after an error. With `audio_decoded` the decoder works in tiles of at most
    /// ten seconds, unless `vae_tile_frames` says otherwise. \throws Error
    GenerationResult generate(const SongRequest& request, const ProgressCallback& progress = {},
                              const CancelToken* cancel = nullptr,
                              const SongCallback& song_finished = {},
                              const AudioCallback& audio_decoded = {});

    // What the language model does alone. It is opened at the first use.
    // \throws Error{not_found} without one in the checkpoints folder, and any other Error.

    /// The plan of a text2music request: metadata and, for each song, audio codes.
    Composition compose(const SongRequest& request, const ProgressCallback& progress = {},
                        const CancelToken* cancel = nullptr);
    /// What a song sounds like, from its audio or its codes.
    Composition understand(const UnderstandRequest& request, const ProgressCallback& progress = {},
                           const CancelToken* cancel = nullptr);
    /// A whole song's texts from a few words.
    Composition inspire(const InspireRequest& request, const ProgressCallback& progress = {},
                        const CancelToken* cancel = nullptr);
    /// The user's caption and lyrics, written out as the models like them.
    Composition format(const FormatRequest& request, const ProgressCallback& progress = {},
                       const CancelToken* cancel = nullptr);
    /// How well a song, from its audio or its codes, explains what it was asked for.
    QualityScore score(const ScoreRequest& request, const ProgressCallback& progress = {},
                       const CancelToken* cancel = nullptr);

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace acestep
