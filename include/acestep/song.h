// What a user asks for, and what comes back.
//
// Field names are the official ones (acestep/inference.py, GenerationParams), so that requests can
// be carried over and one search finds a field in both projects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/audio.h"
#include "acestep/language.h"
#include "acestep/lyric_times.h"
#include "acestep/progress.h"

namespace acestep {

enum class TaskType { text2music, cover, cover_nofsq, repaint, lego, extract, complete };

/// "text2music", "cover", "cover-nofsq", "repaint", "lego", "extract", "complete".
std::string_view name(TaskType task);
/// \throws Error{invalid_request} with the nearest known name.
TaskType task_type_from_name(std::string_view name);

/// Where the initial noise comes from. Both give bit for bit what PyTorch gives for the seed:
/// `cuda` the Philox stream of a GPU rounded to bfloat16 (what most users of the official program
/// hear), `cpu` the Mersenne Twister of a CPU generator in float32.
enum class NoiseSource { cuda, cpu };
std::string_view name(NoiseSource source);
NoiseSource noise_source_from_name(std::string_view name);

/// Whether the 5 Hz language model plans the song before it is made: it fills in metadata, may
/// rewrite the caption, and writes the audio codes that the song follows.
enum class Thinking {
    automatic,  ///< on, if the checkpoints have a language model that the machine can run
    off,        ///< not for codes; metadata only where a `use_cot_` field asks for it
    on,         ///< if it cannot be, the song is made from the texts alone, with a warning
    required,   ///< if it cannot be, the request fails
};
/// "auto", "off", "on", "required".
std::string_view name(Thinking thinking);
Thinking thinking_from_name(std::string_view name);

/// One request: one caption, one or more songs. Defaults mean "let the engine decide".
struct SongRequest {
    TaskType task_type = TaskType::text2music;

    // The user's words.
    std::string caption;
    std::string global_caption;  ///< of the whole song, for checkpoints trained on stems
    std::string lyrics;          ///< "[Instrumental]" or blank: no vocals
    bool empty_lyrics = false;   ///< send blank lyrics as they are instead of "[Instrumental]"
    std::string vocal_language = "unknown";
    std::optional<double> bpm;             ///< 30…300
    std::string keyscale;                  ///< such as "F# minor"
    std::string timesignature;             ///< "2", "3", "4" or "6"
    double duration = -1;                  ///< seconds, up to 600; ≤ 0: the engine decides
    std::string instruction;               ///< replaces the task's own; blank: the task's own
    std::vector<std::string> track_names;  ///< lego, extract: one; complete: any number
    bool allow_unsupported_task = false;   ///< run a task the checkpoint was not trained for

    // The language model. Texts, covers and repaints with given codes or audio need no plan: it is
    // used by text2music only, and not for what is given already.
    Thinking thinking = Thinking::automatic;
    std::optional<bool> use_cot_metas;     ///< tempo, key, …; absent: as `thinking`
    std::optional<bool> use_cot_caption;   ///< its caption replaces the user's; absent: likewise
    std::optional<bool> use_cot_language;  ///< fills in an unknown language; absent: likewise
    /// Codes last as long as the plan's duration where the user gave none; otherwise (as upstream)
    /// the model ends them when it likes.
    bool lock_codes_to_cot_duration = true;
    double lm_temperature = 0.85;  ///< 0: always the most likely token
    double lm_cfg_scale = 2;       ///< ≤ 1 turns its guidance off
    int lm_top_k = 0;              ///< 0: off
    double lm_top_p = 0.9;         ///< 1: off
    double lm_min_p = 0;           ///< 0: off
    double lm_repetition_penalty = 1;
    std::string lm_negative_prompt = "NO USER INPUT";  ///< that is also how "none" is written
    std::optional<std::int64_t> lm_seed;               ///< of the plan; absent: the song's seed

    // Seeds and batch.
    int batch_size = 1;               ///< 1…8
    std::vector<std::int64_t> seeds;  ///< −1: random. A single seed s gives song i the seed s + i
    NoiseSource noise_source = NoiseSource::cuda;

    // Sampler.
    std::optional<int> inference_steps;    ///< turbo: always 8; base and sft: 1…200, default 50
    std::optional<double> guidance_scale;  ///< base and sft: default 7; ≤ 1 turns guidance off
    bool use_adg = false;
    double cfg_interval_start = 0, cfg_interval_end = 1;
    std::optional<double> shift;         ///< default 3 (turbo), 1 (base and sft)
    std::string infer_method = "ode";    ///< "ode" or "sde"
    std::string sampler_mode = "euler";  ///< "euler" or "heun"
    /// Custom schedule: noise levels in 0…1, descending; a missing final 0 is added. Replaces steps
    /// and shift.
    std::vector<double> timesteps;
    double velocity_norm_threshold = 0, velocity_ema_factor = 0;
    double retake_variance = 0;  ///< 0…1: how far to move towards the retake seed's noise
    std::optional<std::int64_t> retake_seed;

    // Audio in.
    std::filesystem::path src_audio;        ///< what to cover, repaint, extend, separate
    std::filesystem::path reference_audio;  ///< whose timbre to take
    /// "<|audio_code_12|>…" or "12,7,…". Lines are songs: song i of a batch follows line i, and a
    /// single line serves all of them.
    std::string audio_codes;
    double audio_cover_strength = 1;        ///< share of the steps that see the source, 0…1
    double cover_noise_strength = 0;        ///< 0 start from noise … 1 start from the source
    double repainting_start = 0;            ///< seconds; negative: extend before the source
    double repainting_end = -1;             ///< seconds; negative: the end; beyond it: extend
    std::string repaint_mode = "balanced";  ///< "conservative", "balanced" or "aggressive"
    double repaint_strength = 0.5;          ///< balanced: 0 keep as much as possible … 1 nothing
    std::string chunk_mask_mode = "explicit";  ///< "explicit" (0/1) or "auto" (the model decides)

    // Finishing.
    double latent_shift = 0, latent_rescale = 1;
    bool enable_normalization = true;
    double normalization_db = -1;         ///< peak, dBFS, ≤ 0
    std::optional<double> loudness_lufs;  ///< normalise to this loudness instead of a peak
    double fade_in_duration = 0, fade_out_duration = 0;  ///< seconds
    bool get_lrc = false;  ///< find out when each line of the lyrics is sung

    bool operator==(const SongRequest&) const = default;
};

/// A request as JSON (2 spaces, official field names, only what differs from the defaults), and
/// back. Reading takes what writing gives, and for `seeds` also the official spellings 42 and
/// "42,-1,7" (in such a text, what is no number is random). Unknown fields, wrong types, values out
/// of range, repeated fields, more than 1 MiB and text that is not UTF-8 are errors that name the
/// field. A member "acestep" is information of a sidecar and ignored.
/// \throws Error{invalid_request}
std::string to_json(const SongRequest& request);
SongRequest song_request_from_json(std::string_view json);

/// The request for the songs of a composition: `given`, and in its fields that are as in a new
/// request what the composition (as its `to_json` writes it) says. A list of codes becomes lines of
/// `audio_codes` and, unless `given` has a batch, decides the batch. Genres, seed and model are not
/// used. Read as strictly as a request. \throws Error{invalid_request}
SongRequest request_of_composition(std::string_view json, SongRequest given = {});

/// One finished song.
struct Song {
    Waveform waveform;  ///< stereo, 48 kHz, finished
    std::int64_t seed = 0;
    /// Complete: every decision made (seed, duration, steps, …). Feeding it back to the same
    /// checkpoints on the same kind of device gives the same samples.
    SongRequest request;
    std::vector<float> latents;  ///< `[frames, channels]`, before decoding
    std::int64_t latent_frames = 0;
    bool silent = false;  ///< nothing audible came out
    /// When the lyrics are sung; absent unless `get_lrc` asked for it and it could be found out.
    std::optional<LyricTimes> lyric_times;
};

/// What a stage cost.
struct StageReport {
    Stage stage = Stage::load;
    double seconds = 0;
    std::int64_t peak_bytes = 0;  ///< highest memory held by the engine during the stage

    std::string device;  ///< "cpu", "cuda:0", …
    std::string dtype;   ///< of the matrices: "f32", "bf16", "q8_0", …
    // What was computed, and what the device is known to do (docs/planning.md, "Speeds").
    double flops = 0;  ///< multiplications and additions of products, attention, convolutions
    double traffic_bytes = 0;  ///< read and written by all operations
    double peak_flops = 0;  ///< a second, of large products by matrices of as many bits; 0: unknown
    double peak_traffic = 0;  ///< bytes a second; 0: unknown
    /// All of it at those speeds, each operation as long as the slower of its two takes.
    double bound_seconds = 0;
};

struct GenerationResult {
    std::vector<Song> songs;
    std::vector<StageReport> stages;
    std::vector<std::string> warnings;  ///< full sentences: what was changed or ignored, and why
    std::string model;                  ///< name of the diffusion checkpoint
    /// What the language model decided, where it was used; blank codes where it wrote none.
    std::optional<Composition> plan;
};

/// What belongs beside the file of song `index`: its complete request as `to_json` writes it, plus
/// a member "acestep" {version, model, seed, duration (seconds), silent, warnings} for the reader.
/// Fed back as a request it gives the same song. \throws Error{invalid_request} for text or paths
/// that are not UTF-8, and when there is no such song.
std::string sidecar_json(const GenerationResult& result, std::size_t index);

}  // namespace acestep
