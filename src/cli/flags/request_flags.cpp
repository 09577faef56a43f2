#include "cli/flags/request_flags.h"

#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

// A song has no length of 0 or -3 s, even though the library reads that as "decide yourself".
void set_duration(CommandOptions& options, const GivenFlag& flag) {
    const double seconds = flag.number();
    if (seconds <= 0 && seconds != -1) throw texts::bad_duration(flag.text());
    options.request.duration = seconds;
}

// A list of seeds is a batch of that many songs, unless --batch, applied later, differs.
void set_seeds(CommandOptions& options, const GivenFlag& flag) {
    options.request.seeds = seeds(flag.name, flag.text());
    const int songs = static_cast<int>(options.request.seeds.size());
    if (songs < 2) return;
    options.request.batch_size = songs;
    options.batch_given = true;
}

void set_batch(CommandOptions& options, const GivenFlag& flag) {
    options.request.batch_size = flag.integer(1, 8);
    options.batch_given = true;
    const auto songs = static_cast<std::size_t>(options.request.batch_size);
    const std::size_t seed_count = options.request.seeds.size();
    if (seed_count > songs) throw texts::more_seeds_than_songs(seed_count, songs);
}

}  // namespace

void add_words(FlagSection section) {
    section.flag("--caption", "TEXT", text_or_file_into(&SongRequest::caption),
                 "what the music is like: style, instruments, mood");
    CLI::Option* lyrics = section.flag("--lyrics", "TEXT", text_or_file_into(&SongRequest::lyrics),
                                       "what is sung, with [Verse] and [Chorus] marks");
    CLI::Option* lyrics_file = section.flag(
        "--lyrics-file", "FILE",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.request.lyrics = read_text_file(flag.text());
        },
        "lyrics from a file; - is the standard input");
    refuse_together(
        section.toggle(
            "--instrumental", [](CommandOptions& o) { o.request.lyrics = "[Instrumental]"; },
            "no vocals; the same as leaving out the lyrics"),
        {lyrics, lyrics_file});
    refuse_together(lyrics_file, {lyrics});
}

void add_song_words(FlagSection section) {
    section.flag("--global-caption", "TEXT", text_or_file_into(&SongRequest::global_caption),
                 "caption of the whole song, for checkpoints trained on stems");
    section.toggle(
        "--empty-lyrics", [](CommandOptions& o) { o.request.empty_lyrics = true; },
        "send blank lyrics as they are instead of \"[Instrumental]\"");
    section.flag("--instruction", "TEXT", text_or_file_into(&SongRequest::instruction),
                 "replaces the instruction of the task");
}

void add_language(FlagSection section) {
    section.flag("--vocal-language,--language", "CODE", text_into(&SongRequest::vocal_language),
                 "language of the lyrics, such as en or ja (unknown)");
}

void add_metadata(FlagSection section) {
    add_language(section);
    section.flag("--bpm", "NUMBER", number_into(&SongRequest::bpm), "beats a minute, 30 to 300");
    section.flag("--keyscale", "KEY", text_into(&SongRequest::keyscale), "such as \"F# minor\"");
    section.flag("--timesignature", "N", text_into(&SongRequest::timesignature),
                 "2, 3, 4 or 6 (for 2/4, 3/4, 4/4, 6/8)");
    section.flag("--duration", "SECONDS", set_duration,
                 "length, up to 600; -1 lets the engine decide (-1)");
}

void add_seeds(FlagSection section) {
    section.flag("--seed", "N[,N...]", set_seeds,
                 "what makes the song this one and no other; -1 is random (-1);\n"
                 "a list makes one song for each");
    section.flag("--batch", "N", set_batch,
                 "songs to make, 1 to 8; from one seed they count up (1)");
}

void add_noise(FlagSection section) {
    section.flag(
        "--noise", "cuda|cpu",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.request.noise_source = noise_source_from_name(flag.text());
        },
        "whose random numbers: the official program's on a GPU or on a\nCPU (cuda)");
    section.flag("--retake-seed", "N", seed_into(&SongRequest::retake_seed),
                 "seed of a variation of the song");
    section.flag("--retake-variance", "X", number_into(&SongRequest::retake_variance),
                 "how far the variation goes: 0 the same song, 1 another (0)");
}

void add_task(FlagSection section) {
    section.flag(
        "--task", "NAME",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.request.task_type = task_type_from_name(flag.text());
        },
        "text2music, cover, cover-nofsq, repaint, lego, extract or\ncomplete (text2music)");
    section.flag("--source", "FILE", path_into(&SongRequest::src_audio),
                 "audio to cover, repaint, extend or separate");
    section.flag("--reference", "FILE", path_into(&SongRequest::reference_audio),
                 "audio whose sound to take");
    section.flag("--cover-strength", "X", number_into(&SongRequest::audio_cover_strength),
                 "share of the steps that see the source, 0 to 1 (1)");
    section.flag("--cover-noise", "X", number_into(&SongRequest::cover_noise_strength),
                 "0 starts from noise, 1 from the source (0)");
    section.flag("--to", "SECONDS", number_into(&SongRequest::repainting_end),
                 "where to stop repainting; beyond the end extends; negative is\nthe end (-1)");
    section.flag("--repaint-mode", "NAME", text_into(&SongRequest::repaint_mode),
                 "conservative, balanced or aggressive (balanced)");
    section.flag("--repaint-strength", "X", number_into(&SongRequest::repaint_strength),
                 "balanced only: 0 keeps as much as possible, 1 nothing (0.5)");
    section.flag(
        "--track", "NAME",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.request.track_names = flag.values;
        },
        "track for lego, extract or complete, such as drums; complete\ntakes several", 1,
        Times::any);
    section.flag("--chunk-mask", "NAME", text_into(&SongRequest::chunk_mask_mode),
                 "explicit, or auto: the model decides where (explicit)");
    section.toggle(
        "--allow-unsupported", [](CommandOptions& o) { o.request.allow_unsupported_task = true; },
        "run a task that the model was not trained for");
}

void add_sampler(FlagSection section) {
    section.flag("--steps", "N", integer_into(&SongRequest::inference_steps, 1, 200),
                 "1 to 200; turbo always takes 8 (50 for others)");
    section.flag("--guidance", "X", number_into(&SongRequest::guidance_scale),
                 "how strictly to follow the text; 1 is off; not for turbo (7)");
    section.toggle(
        "--adg", [](CommandOptions& o) { o.request.use_adg = true; },
        "adaptive dual guidance; not for turbo");
    section.flag(
        "--cfg-interval", "FROM TO",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.request.cfg_interval_start = number(flag.name, flag.values[0]);
            options.request.cfg_interval_end = number(flag.name, flag.values[1]);
        },
        "noise levels between which guidance is on (0 1)", 2);
    section.flag("--shift", "X", number_into(&SongRequest::shift),
                 "above 1: more steps near the noise (3 for turbo, else 1)");
    section.flag("--sampler", "euler|heun", text_into(&SongRequest::sampler_mode),
                 "heun is finer and takes twice the time (euler)");
    section.flag("--method", "ode|sde", text_into(&SongRequest::infer_method),
                 "sde adds fresh noise in every step (ode)");
    section.flag(
        "--timesteps", "X,X,...",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.request.timesteps = numbers(flag.name, flag.text());
        },
        "noise levels to visit, descending; replaces steps and shift");
    section.flag("--velocity-norm-threshold", "X",
                 number_into(&SongRequest::velocity_norm_threshold),
                 "limits how far a step may go; 0 is off (0)");
    section.flag("--velocity-ema-factor", "X", number_into(&SongRequest::velocity_ema_factor),
                 "smooths the steps; 0 is off (0)");
}

void add_finishing(FlagSection section) {
    CLI::Option* level =
        section.flag("--normalize-db", "DB", number_into(&SongRequest::normalization_db),
                     "highest peak, dBFS (-1)");
    CLI::Option* loudness =
        section.flag("--loudness", "LUFS", number_into(&SongRequest::loudness_lufs),
                     "normalize to a loudness instead of a peak, such as -14");
    refuse_together(
        section.toggle(
            "--no-normalize", [](CommandOptions& o) { o.request.enable_normalization = false; },
            "leave the level as the model made it"),
        {level, loudness});
    section.flag("--fade-in", "SECONDS", number_into(&SongRequest::fade_in_duration), "(0)");
    section.flag("--fade-out", "SECONDS", number_into(&SongRequest::fade_out_duration), "(0)");
    section.flag("--latent-rescale", "X", number_into(&SongRequest::latent_rescale),
                 "multiplies the latents before decoding (1)");
    section.flag("--latent-shift", "X", number_into(&SongRequest::latent_shift),
                 "is added to the latents before decoding (0)");
}

}  // namespace acestep::cli
