#include "cli/generate_flags.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "cli/checkpoints_folder.h"
#include "cli/flag_table.h"
#include "cli/sidecar.h"
#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

constexpr const char* task_section = "Task and audio in";

using Apply = std::function<void(GenerateOptions&, const GivenFlag&)>;

// What most flags do: put their one value into one field of the request.
Apply text_into(std::string SongRequest::*field) {
    return [field](GenerateOptions& options, const GivenFlag& flag) {
        options.request.*field = flag.text();
    };
}

Apply text_or_file_into(std::string SongRequest::*field) {
    return [field](GenerateOptions& options, const GivenFlag& flag) {
        options.request.*field = text_or_file(flag.text());
    };
}

Apply path_into(std::filesystem::path SongRequest::*field) {
    return [field](GenerateOptions& options, const GivenFlag& flag) {
        options.request.*field = flag.text();
    };
}

template <class Number>
Apply number_into(Number SongRequest::*field) {
    return [field](GenerateOptions& options, const GivenFlag& flag) {
        options.request.*field = flag.number();
    };
}

Apply integer_into(std::optional<int> SongRequest::*field, int lowest, int highest) {
    return [=](GenerateOptions& options, const GivenFlag& flag) {
        options.request.*field = flag.integer(lowest, highest);
    };
}

// A song has no length of 0 or -3 s, even though the library reads that as "decide yourself".
void set_duration(GenerateOptions& options, const GivenFlag& flag) {
    const double seconds = flag.number();
    if (seconds <= 0 && seconds != -1) throw texts::bad_duration(flag.text());
    options.request.duration = seconds;
}

void set_retake_seed(GenerateOptions& options, const GivenFlag& flag) {
    const std::vector<std::int64_t> given = seeds(flag.name, flag.text());
    if (given.size() != 1) throw texts::not_a_seed(flag.name, flag.text());
    options.request.retake_seed = given.front();
}

std::filesystem::path from_root(const std::filesystem::path& path) {
    return path.empty() ? path : std::filesystem::absolute(path).lexically_normal();
}

// One section of the help. Its flags become overrides, because flags are read before the request
// file that they override.
class Section {
public:
    Section(CLI::App& command, std::vector<GenerateFlags::Override>& overrides, std::string title)
        : command_(command), overrides_(overrides), title_(std::move(title)) {}

    CLI::Option* flag(const std::string& names, const std::string& value_name, Apply apply,
                      const std::string& help, int count = 1, Times times = Times::once) {
        const auto seen = [&overrides = overrides_, apply](const GivenFlag& given) {
            overrides.push_back([=](GenerateOptions& options) { apply(options, given); });
        };
        return add_flag_with_values(command_, names, value_name, help, seen, count, times)
            ->group(title_);
    }

    CLI::Option* toggle(const std::string& names, GenerateFlags::Override apply,
                        const std::string& help) {
        const auto seen = [&overrides = overrides_, apply] { overrides.push_back(apply); };
        return add_switch(command_, names, help, seen)->group(title_);
    }

private:
    CLI::App& command_;
    std::vector<GenerateFlags::Override>& overrides_;
    std::string title_;
};

void add_words(Section section) {
    section.flag("--caption", "TEXT", text_or_file_into(&SongRequest::caption),
                 "what the music is like: style, instruments, mood");
    section.flag("--global-caption", "TEXT", text_or_file_into(&SongRequest::global_caption),
                 "caption of the whole song, for checkpoints trained on stems");
    CLI::Option* lyrics = section.flag("--lyrics", "TEXT", text_or_file_into(&SongRequest::lyrics),
                                       "what is sung, with [Verse] and [Chorus] marks");
    CLI::Option* lyrics_file = section.flag(
        "--lyrics-file", "FILE",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.request.lyrics = read_text_file(flag.text());
        },
        "lyrics from a file; - is the standard input");
    section.toggle(
        "--empty-lyrics", [](GenerateOptions& o) { o.request.empty_lyrics = true; },
        "send blank lyrics as they are instead of \"[Instrumental]\"");
    section
        .toggle(
            "--instrumental", [](GenerateOptions& o) { o.request.lyrics = "[Instrumental]"; },
            "no vocals; the same as leaving out the lyrics")
        ->excludes(lyrics)
        ->excludes(lyrics_file);
    lyrics_file->excludes(lyrics);
    section.flag("--language", "CODE", text_into(&SongRequest::vocal_language),
                 "language of the lyrics, such as en or ja (unknown)");
    section.flag("--bpm", "NUMBER", number_into(&SongRequest::bpm), "beats a minute, 30 to 300");
    section.flag("--keyscale", "KEY", text_into(&SongRequest::keyscale), "such as \"F# minor\"");
    section.flag("--timesignature", "N", text_into(&SongRequest::timesignature),
                 "2, 3, 4 or 6 (for 2/4, 3/4, 4/4, 6/8)");
    section.flag("--duration", "SECONDS", set_duration,
                 "length, up to 600; -1 lets the engine decide (-1)");
    section.flag("--instruction", "TEXT", text_or_file_into(&SongRequest::instruction),
                 "replaces the instruction of the task");
}

void add_seeds(Section section) {
    section.flag(
        "--seed", "N[,N...]",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.request.seeds = seeds(flag.name, flag.text());
            // A list of seeds is a batch of that many songs, unless --batch, applied later,
            // differs.
            const int songs = static_cast<int>(options.request.seeds.size());
            if (songs > 1) options.request.batch_size = songs;
        },
        "what makes the song this one and no other; -1 is random (-1);\n"
        "a list makes one song for each");
    section.flag(
        "--batch", "N",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.request.batch_size = flag.integer(1, 8);
            const auto songs = static_cast<std::size_t>(options.request.batch_size);
            const std::size_t seed_count = options.request.seeds.size();
            if (seed_count > songs) throw texts::more_seeds_than_songs(seed_count, songs);
        },
        "songs to make, 1 to 8; from one seed they count up (1)");
    section.flag(
        "--noise", "cuda|cpu",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.request.noise_source = noise_source_from_name(flag.text());
        },
        "whose random numbers: the official program's on a GPU or on a\nCPU (cuda)");
    section.flag("--retake-seed", "N", set_retake_seed, "seed of a variation of the song");
    section.flag("--retake-variance", "X", number_into(&SongRequest::retake_variance),
                 "how far the variation goes: 0 the same song, 1 another (0)");
}

// --from is declared apart, because it is also a request file's.
void add_task(Section section) {
    section.flag(
        "--task", "NAME",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.request.task_type = task_type_from_name(flag.text());
        },
        "text2music, cover, cover-nofsq, repaint, lego, extract or\ncomplete (text2music)");
    section.flag("--source", "FILE", path_into(&SongRequest::src_audio),
                 "audio to cover, repaint, extend or separate");
    section.flag("--reference", "FILE", path_into(&SongRequest::reference_audio),
                 "audio whose sound to take");
    section.flag("--codes", "TEXT", text_or_file_into(&SongRequest::audio_codes),
                 "audio codes to play, \"12,7,...\" or \"<|audio_code_12|>...\"");
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
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.request.track_names = flag.values;
        },
        "track for lego, extract or complete, such as drums; complete\ntakes several", 1,
        Times::any);
    section.flag("--chunk-mask", "NAME", text_into(&SongRequest::chunk_mask_mode),
                 "explicit, or auto: the model decides where (explicit)");
    section.toggle(
        "--allow-unsupported", [](GenerateOptions& o) { o.request.allow_unsupported_task = true; },
        "run a task that the model was not trained for");
}

void add_sampler(Section section) {
    section.flag("--steps", "N", integer_into(&SongRequest::inference_steps, 1, 200),
                 "1 to 200; turbo always takes 8 (50 for others)");
    section.flag("--guidance", "X", number_into(&SongRequest::guidance_scale),
                 "how strictly to follow the text; 1 is off; not for turbo (7)");
    section.toggle(
        "--adg", [](GenerateOptions& o) { o.request.use_adg = true; },
        "adaptive dual guidance; not for turbo");
    section.flag(
        "--cfg-interval", "FROM TO",
        [](GenerateOptions& options, const GivenFlag& flag) {
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
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.request.timesteps = numbers(flag.name, flag.text());
        },
        "noise levels to visit, descending; replaces steps and shift");
    section.flag("--velocity-norm-threshold", "X",
                 number_into(&SongRequest::velocity_norm_threshold),
                 "limits how far a step may go; 0 is off (0)");
    section.flag("--velocity-ema-factor", "X", number_into(&SongRequest::velocity_ema_factor),
                 "smooths the steps; 0 is off (0)");
}

void add_finishing(Section section) {
    CLI::Option* level =
        section.flag("--normalize-db", "DB", number_into(&SongRequest::normalization_db),
                     "highest peak, dBFS (-1)");
    CLI::Option* loudness =
        section.flag("--loudness", "LUFS", number_into(&SongRequest::loudness_lufs),
                     "normalize to a loudness instead of a peak, such as -14");
    section
        .toggle(
            "--no-normalize", [](GenerateOptions& o) { o.request.enable_normalization = false; },
            "leave the level as the model made it")
        ->excludes(level)
        ->excludes(loudness);
    section.flag("--fade-in", "SECONDS", number_into(&SongRequest::fade_in_duration), "(0)");
    section.flag("--fade-out", "SECONDS", number_into(&SongRequest::fade_out_duration), "(0)");
    section.flag("--latent-rescale", "X", number_into(&SongRequest::latent_rescale),
                 "multiplies the latents before decoding (1)");
    section.flag("--latent-shift", "X", number_into(&SongRequest::latent_shift),
                 "is added to the latents before decoding (0)");
}

void add_output(Section section) {
    section.flag(
        "-o,--output", "FILE",
        [](GenerateOptions& options, const GivenFlag& flag) { options.output.path = flag.text(); },
        "file or folder to write to; without an extension the\nformat's is added");
    section.flag(
        "--format", "NAME",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.output.format = audio_format_from_name(flag.text());
        },
        "wav16, wav24, wav32f, flac, mp3, ogg or opus (by the\nextension of the file, else flac)");
    section.flag(
        "--mp3-bitrate", "KBPS",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.output.mp3_bitrate_kbps = flag.integer(128, 320);
        },
        "128, 192, 256 or 320 (192)");
    CLI::Option* sidecar = section.toggle(
        "--sidecar", [](GenerateOptions& o) { o.output.sidecar = true; },
        "write NAME.json beside the song (the default)");
    section
        .toggle(
            "--no-sidecar", [](GenerateOptions& o) { o.output.sidecar = false; }, "do not write it")
        ->excludes(sidecar);
    section.toggle(
        "--force", [](GenerateOptions& o) { o.output.force = true; }, "replace existing files");
    CLI::Option* quiet = section.toggle(
        "--quiet", [](GenerateOptions& o) { o.speaking = Loudspeaking::quiet; },
        "no progress and no report, only warnings and errors");
    section
        .toggle(
            "--verbose", [](GenerateOptions& o) { o.speaking = Loudspeaking::verbose; },
            "also tell the checkpoints used and the complete request")
        ->excludes(quiet);
}

void add_engine(Section section) {
    section.flag(
        "--checkpoints", "FOLDER",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.engine.checkpoints = flag.text();
        },
        "$ACESTEP_CHECKPOINTS_DIR, else ./checkpoints, else\n./checkpoints/demo");
    section.flag(
        "--model", "NAME",
        [](GenerateOptions& options, const GivenFlag& flag) { options.engine.model = flag.text(); },
        "folder or GGUF file in it (acestep-v15-turbo, else the first)");
    section.flag(
        "--precision", "auto|f32|bf16",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.engine.precision = precision_from_name(flag.text());
        },
        "of weights and products (auto)");
    section.flag(
        "--threads", "N",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.engine.threads = flag.integer(0, 1024);
        },
        "0: as many as the machine has cores (0)");
    section.flag(
        "--vae-tile", "FRAMES",
        [](GenerateOptions& options, const GivenFlag& flag) {
            options.engine.vae_tile_frames = flag.integer(0, longest_vae_tile);
        },
        "latent frames decoded at once; fewer need less memory;\n0: the engine decides (0)");
}

}  // namespace

GenerateFlags::GenerateFlags(CLI::App& command) {
    const auto section = [&](const char* title) { return Section(command, overrides_, title); };
    add_words(section("Words"));
    add_request_files(command);
    add_task(section(task_section));
    add_seeds(section("Seeds and batch"));
    add_sampler(section("Sampler"));
    add_finishing(section("Finishing"));
    add_output(section("Output"));
    add_switch(command, "--json", "the report, and an error, as JSON on the standard output",
               [this] { json_ = true; })
        ->group("Output");
    add_engine(section("Engine"));
}

// --from is two flags in one, because both readings are what people type: `--from 12 --to 20` and
// `--from song.json`. A number is seconds, a name that ends in .json is a file.
void GenerateFlags::add_request_files(CLI::App& command) {
    const auto load = [this](const std::string& flag, const std::string& path) {
        if (!request_file_.empty()) throw texts::given_twice(flag);
        request_file_ = path;
    };
    const auto start_at = [this](const GivenFlag& flag) {
        overrides_.push_back(
            [flag](GenerateOptions& options) { options.request.repainting_start = flag.number(); });
    };
    CLI::Option* request = add_flag_with_values(
        command, "--request", "FILE",
        "request file (official field names) or sidecar to begin with;\n- is the standard input",
        [load](const GivenFlag& flag) { load(flag.name, flag.text()); });
    CLI::Option* start = add_flag_with_values(
        command, "--repaint-start", "SECONDS",
        "where to begin repainting; negative extends before the source", start_at);
    CLI::Option* from = add_flag_with_values(
        command, "--from", "SECONDS|FILE",
        "a number: as --repaint-start; a name that ends in .json: as\n--request; may be given as "
        "both",
        [load, start_at, start](const GivenFlag& flag) {
            bool started = start->count() > 0;
            for (const std::string& value : flag.values) {
                if (to_number(value)) {
                    if (std::exchange(started, true)) throw texts::given_twice(flag.name);
                    start_at({flag.name, {value}});
                } else if (std::filesystem::path(value).extension() == ".json") {
                    load(flag.name, value);
                } else {
                    throw texts::bad_from(value);
                }
            }
        },
        1, Times::any);
    request->group(task_section);
    start->group(task_section);
    from->group(task_section);
}

GenerateOptions GenerateFlags::options() const {
    GenerateOptions options;
    if (!request_file_.empty()) {
        RequestFile file = read_request_file(request_file_);
        options.request = std::move(file.request);
        options.engine = std::move(file.engine);
    }
    for (const Override& override_with : overrides_) override_with(options);
    options.engine.checkpoints = checkpoints_folder(options.engine.checkpoints.string());
    options.request.src_audio = from_root(options.request.src_audio);
    options.request.reference_audio = from_root(options.request.reference_audio);
    options.json = json_;
    return options;
}

}  // namespace acestep::cli
