#include "cli/texts.h"

#include <cmath>

#include <fmt/format.h>

namespace acestep::cli::texts {
namespace {

Error invalid(std::string message, std::string hint) {
    return {ErrorCode::invalid_request, std::move(message), std::move(hint)};
}

Error unavailable(std::string message, std::string hint) {
    return {ErrorCode::unavailable, std::move(message), std::move(hint)};
}

std::string did_you_mean(const std::string& nearest, std::string otherwise) {
    return nearest.empty() ? otherwise : fmt::format("Did you mean {}?", nearest);
}

std::string joined(const std::vector<Path>& paths) {
    std::string list;
    for (const Path& path : paths) list += (list.empty() ? "" : ", ") + path.string();
    return list;
}

std::string kept_sentence(const std::vector<Path>& kept) {
    return fmt::format("Kept: {}.", joined(kept));
}

// Long values (100 kB of lyrics in the wrong place) must not fill the screen.
std::string excerpt(std::string_view value) {
    constexpr std::size_t longest = 60;
    if (value.size() <= longest) return std::string(value);
    std::size_t cut = longest;
    while (cut > 0 && (static_cast<unsigned char>(value[cut]) & 0xC0) == 0x80) --cut;
    return std::string(value.substr(0, cut)) + "…";
}

}  // namespace

Error unknown_command(std::string_view word, const std::string& nearest) {
    return invalid(fmt::format("There is no command \"{}\".", excerpt(word)),
                   did_you_mean(nearest, "'acestep --help' lists the commands."));
}

Error unknown_flag(std::string_view flag, const std::string& nearest, const std::string& command) {
    return invalid(fmt::format("There is no flag \"{}\" in '{}'.", excerpt(flag), command),
                   did_you_mean(nearest, fmt::format("'{} --help' lists the flags.", command)));
}

Error unexpected_word(std::string_view word, const std::string& command) {
    return invalid(fmt::format("\"{}\" does not belong to any flag.", excerpt(word)),
                   fmt::format("Put a text with blanks between quotes, after its flag; '{} --help' "
                               "lists the flags.",
                               command));
}

Error value_missing(std::string_view flag) {
    return invalid(fmt::format("{} needs a value.", flag), "");
}

Error given_twice(std::string_view flag) {
    return invalid(fmt::format("{} is given more than once.", flag), "Give it once.");
}

Error not_together(std::string_view first, std::string_view second) {
    return invalid(fmt::format("{} and {} cannot be given together.", first, second),
                   "Leave one of them out.");
}

Error argument_required(std::string_view argument, const std::string& command) {
    return invalid(fmt::format("'{}' needs {}.", command, argument), "");
}

Error bad_usage(std::string_view explanation) {
    return invalid(fmt::format("The command line cannot be read: {}.", explanation), "");
}

Error not_a_number(std::string_view flag, std::string_view value) {
    return invalid(fmt::format("{} is \"{}\", which is not a number.", flag, excerpt(value)),
                   "Write it like 12 or 0.5.");
}

Error not_a_boolean(std::string_view flag, std::string_view value) {
    return invalid(fmt::format("{} is \"{}\".", flag, excerpt(value)), "It must be true or false.");
}

Error not_in_range(std::string_view flag, std::string_view value, int lowest, int highest) {
    return invalid(fmt::format("{} is \"{}\".", flag, excerpt(value)),
                   fmt::format("It must be a whole number from {} to {}.", lowest, highest));
}

Error not_a_seed(std::string_view flag, std::string_view value) {
    return invalid(fmt::format("{} has \"{}\", which is not a seed.", flag, excerpt(value)),
                   "A seed is a whole number from 0, or -1 for a random one; separate several by "
                   "commas.");
}

Error bad_duration(std::string_view value) {
    return invalid(fmt::format("--duration is {} s.", value),
                   "It must be more than 0, or -1 to let the engine decide.");
}

Error neither_codes_nor_file(std::string_view value) {
    return invalid(
        fmt::format("--codes is \"{}\", which is neither codes nor a file.", excerpt(value)),
        "Write codes like 12,7 or <|audio_code_12|><|audio_code_7|>, or name a file with them.");
}

Error no_codes(std::string_view value) {
    return invalid(fmt::format("--codes is \"{}\", which has no codes in it.", excerpt(value)),
                   "Name a file with codes, such as 'acestep compose' writes.");
}

Error unknown_quantization(std::string_view value) {
    return invalid(
        fmt::format("--quantization is \"{}\", which is not known.", excerpt(value)),
        "It is int8_weight_only, int4_weight_only, w8a8_dynamic or none; --precision has "
        "more types.");
}

Error several_codes(std::size_t songs) {
    return invalid(fmt::format("--codes has the codes of {} songs.", songs),
                   "Give those of one song.");
}

Error bad_from(std::string_view value) {
    return invalid(fmt::format("--from is \"{}\".", excerpt(value)),
                   "It must be seconds (where to repaint begins) or a request file that ends in "
                   ".json; --request takes a file of any name.");
}

Error more_seeds_than_songs(std::size_t seeds, std::size_t songs) {
    return invalid(
        fmt::format("{} seeds are given for {} {}.", seeds, songs, songs == 1 ? "song" : "songs"),
        "Give at most one seed for each song.");
}

Error no_such_file(const Path& path) {
    return {ErrorCode::not_found, fmt::format("There is no file {}.", path.string()),
            "Check the path."};
}

Error unreadable(const std::string& name) {
    return {ErrorCode::not_found, fmt::format("{} cannot be read.", name),
            "Check that it is a file and that you may read it."};
}

Error text_too_large(const std::string& name, std::size_t most_bytes) {
    return invalid(
        fmt::format("{} is larger than {}.", name, bytes(static_cast<std::int64_t>(most_bytes))),
        "Lyrics, codes and requests are shorter than that; check which file is meant.");
}

Error unwritable_file(const Path& path) {
    return unavailable(fmt::format("{} cannot be written.", path.string()),
                       "Check the free space and the permissions.");
}

Error unwritable_folder(const Path& folder, std::string_view flag) {
    return unavailable(
        fmt::format("No file can be written into {}.", folder.string()),
        fmt::format("Check its permissions and the free space, or choose another with {}.", flag));
}

Error no_output_folder(const Path& folder, std::string_view flag) {
    return unavailable(fmt::format("The output folder {} does not exist.", folder.string()),
                       fmt::format("Create it, or choose another with {}.", flag));
}

Error output_folder_is_a_file(const Path& folder, std::string_view flag) {
    return unavailable(
        fmt::format("The output cannot be written: {} is not a folder.", folder.string()),
        fmt::format("Choose another place with {}.", flag));
}

Error output_is_a_folder(const Path& path, std::string_view flag) {
    return unavailable(fmt::format("{} is a folder.", path.string()),
                       fmt::format("Choose another name with {}.", flag));
}

Error output_is_a_device(const Path& path) {
    return unavailable(
        fmt::format("{} is a device or a pipe; only files are written.", path.string()),
        "Choose another name with -o.");
}

Error output_exists(const Path& path, std::string_view flag) {
    return invalid(fmt::format("{} exists already.", path.string()),
                   fmt::format("Choose another name with {}, or replace it with --force.", flag));
}

Error stream_is_wav(const Path& path) {
    return invalid(
        fmt::format("--stream writes WAV, but the file is called {}.", path.filename().string()),
        "Choose a name that ends in .wav; --output has the other formats.");
}

Error stream_is_the_output(const Path& path) {
    return invalid(fmt::format("--stream and --output both name {}.", path.string()),
                   "Give the stream a name of its own.");
}

Error stream_to_terminal() {
    return invalid("--stream - would write sound to the terminal.",
                   "Let a player read it: acestep generate … --stream - | ffplay -nodisp -");
}

Error stream_of_several_songs(std::size_t songs) {
    return invalid(fmt::format("--stream - takes one song, and {} are asked for.", songs),
                   "Name a file; each song then has one of its own.");
}

Error extension_and_format_differ(const Path& path, std::string_view format) {
    return invalid(fmt::format("--format is {}, but the output is called {}.", format,
                               path.filename().string()),
                   "Leave --format out, or give the file the extension of that format.");
}

Error with_kept_files(const Error& error, const std::vector<Path>& kept) {
    if (kept.empty()) return error;
    const std::string before = error.hint().empty() ? "" : error.hint() + " ";
    return {error.code(), error.message(), before + kept_sentence(kept)};
}

Error cancelled(const std::vector<Path>& kept) {
    return {ErrorCode::cancelled, "Cancelled.",
            kept.empty() ? "No song was finished; no file was left." : kept_sentence(kept)};
}

Error no_such_comparison(const std::string& other) {
    return invalid(
        fmt::format("--compare is \"{}\", which is nothing to compare with.", excerpt(other)),
        "Known is ggml.");
}

Error comparison_needs_processor(const std::string& device) {
    return invalid(
        fmt::format("--compare ggml compares kernels of the processor, and --device is \"{}\".",
                    excerpt(device)),
        "Leave --device out, or give cpu.");
}

Error songs_failed(std::size_t failed, std::size_t all, const std::string& last) {
    return Error(ErrorCode::unavailable, fmt::format("{} of {} songs failed.", failed, all), last);
}

Error cancelled_writing() {
    return {ErrorCode::cancelled, "Cancelled.", "Nothing was written."};
}

Error internal(std::string_view what) {
    return {ErrorCode::internal, fmt::format("Something went wrong that should not: {}.", what),
            "Please report it with the command that led to it."};
}

Error out_of_memory() {
    return {ErrorCode::out_of_memory, "The memory of this machine is used up.",
            "Ask for a shorter song, or close other programs."};
}

std::string error_line(const Error& error) {
    return fmt::format("acestep: {}", printable(error.what()));
}

std::string warning_line(std::string_view warning) {
    return fmt::format("Warning: {}", printable(warning));
}

std::string stream_ended(std::string_view where) {
    return fmt::format(
        "The stream to {} takes no more sound (a full disk, or a player that was closed) and ends "
        "here. The song itself goes on.",
        printable(where));
}

std::string always_compiled() {
    return "--compile: graphs, kernels and packed weights are always made once and kept for the "
           "next "
           "song; nothing is done differently.";
}

std::string engine_line(const Path& checkpoints, std::string_view model) {
    return fmt::format("checkpoints {}, model {}", printable(checkpoints.string()),
                       model.empty() ? "the first that is there" : printable(model));
}

std::string planned_song(const Plan& plan) {
    if (!plan.fits)
        return fmt::format("{:g} s: {} {}", plan.duration, plan.refusal, plan.suggestion);
    std::string ways;
    for (const StagePlan& stage : plan.stages)
        ways += fmt::format("{}{} {} {}", ways.empty() ? "" : ", ", name(stage.stage), stage.dtype,
                            name(stage.residence));
    return fmt::format("{:g} s: at most {:.2f} GB ({})", plan.duration,
                       static_cast<double>(plan.peak_bytes) / 1e9, ways);
}

std::string seconds(double value) {
    if (!(value >= 60)) return fmt::format("{:.1f} s", value);
    const long whole = std::lround(value);
    return fmt::format("{} min {} s", whole / 60, whole % 60);
}

std::string remaining(double value) {
    if (value < 60) return fmt::format("about {:.0f} s left", std::ceil(value));
    return fmt::format("about {:.0f} min left", std::ceil(value / 60));
}

std::string bytes(std::int64_t count) {
    const double value = static_cast<double>(count);
    if (count < 1000) return fmt::format("{} B", count);
    if (value < 1e6) return fmt::format("{:.1f} kB", value / 1e3);
    if (value < 1e9) return fmt::format("{:.1f} MB", value / 1e6);
    return fmt::format("{:.2f} GB", value / 1e9);
}

std::string converting(std::string_view part, int percent) {
    return fmt::format("convert {} {} %", printable(part), percent);
}

std::string comparing_codes(std::string_view part, int percent) {
    return fmt::format("compare codes of {} {} %", printable(part), percent);
}

std::string audio_codes_kept(double share) {
    return fmt::format("  audio codes kept: {:.0f} of 100\n", std::floor(100 * share));
}

std::string tiers_of_other_profile(const Path& file, std::string_view profile) {
    return fmt::format("{} changes the profile {}; it is left out here.", printable(file.string()),
                       profile);
}

std::string nothing_found(const Path& folder) {
    return fmt::format("No part of ACE-Step is in {}.", printable(folder.string()));
}

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (const char character : text) {
        const auto code = static_cast<unsigned char>(character);
        clean += code < 0x20 || code == 0x7F ? ' ' : character;
    }
    return clean;
}

}  // namespace acestep::cli::texts
