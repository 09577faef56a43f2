// What the program says: every sentence a user may read, apart from the help of a flag (which
// stands next to the flag) and the messages of the library. In one place so that they read as
// written by one person, and so that a translation has one file to visit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/error.h"
#include "acestep/plan.h"

namespace acestep::cli::texts {

using Path = std::filesystem::path;

// Help.
extern const char* const program_description;
extern const char* const program_footer;
extern const char* const generate_description;
extern const char* const generate_footer;
extern const char* const compose_description;
extern const char* const compose_footer;
extern const char* const understand_description;
extern const char* const understand_footer;
extern const char* const inspire_description;
extern const char* const inspire_footer;
extern const char* const format_description;
extern const char* const format_footer;
extern const char* const score_description;
extern const char* const score_footer;
extern const char* const bench_description;
extern const char* const bench_footer;
extern const char* const plan_description;
extern const char* const plan_footer;
extern const char* const tiers_description;
extern const char* const tiers_footer;
extern const char* const models_description;
extern const char* const models_list_description;
extern const char* const models_inspect_description;
extern const char* const models_convert_description;
extern const char* const models_convert_footer;
extern const char* const check_gpu_description;
extern const char* const check_gpu_footer;

// Wrong usage. `flag` and `word` appear as the user typed them.
Error unknown_command(std::string_view word, const std::string& nearest);
Error unknown_flag(std::string_view flag, const std::string& nearest, const std::string& command);
Error unexpected_word(std::string_view word, const std::string& command);
Error value_missing(std::string_view flag);
Error given_twice(std::string_view flag);
Error not_together(std::string_view first, std::string_view second);
Error argument_required(std::string_view argument, const std::string& command);
Error bad_usage(std::string_view explanation);

// Wrong values.
Error not_a_number(std::string_view flag, std::string_view value);
Error not_a_boolean(std::string_view flag, std::string_view value);
Error not_in_range(std::string_view flag, std::string_view value, int lowest, int highest);
Error not_a_seed(std::string_view flag, std::string_view value);
Error bad_duration(std::string_view value);
Error bad_from(std::string_view value);
Error neither_codes_nor_file(std::string_view value);
Error no_codes(std::string_view value);
Error several_codes(std::size_t songs);
Error unknown_quantization(std::string_view value);
Error more_seeds_than_songs(std::size_t seeds, std::size_t songs);

// Files. `flag`: with which another place can be chosen.
Error no_such_file(const Path& path);
Error unreadable(const std::string& name);
Error text_too_large(const std::string& name, std::size_t most_bytes);
Error unwritable_file(const Path& path);
Error unwritable_folder(const Path& folder, std::string_view flag);
Error no_output_folder(const Path& folder, std::string_view flag);
Error output_folder_is_a_file(const Path& folder, std::string_view flag);
Error output_is_a_folder(const Path& path, std::string_view flag);
Error output_is_a_device(const Path& path);
Error output_exists(const Path& path, std::string_view flag);
Error stream_is_wav(const Path& path);
Error stream_is_the_output(const Path& path);
Error stream_to_terminal();
Error stream_of_several_songs(std::size_t songs);
Error extension_and_format_differ(const Path& path, std::string_view format);

// Endings.
/// `error` with what became of the songs finished before it: they are kept.
Error with_kept_files(const Error& error, const std::vector<Path>& kept);
Error cancelled(const std::vector<Path>& kept);
/// The same for a command that writes one text.
Error cancelled_writing();
/// Of `acestep bench`; `last`: the last one's error, blank when that was made.
Error no_such_comparison(const std::string& other);
Error comparison_needs_processor(const std::string& device);
Error songs_failed(std::size_t failed, std::size_t all, const std::string& last);
Error internal(std::string_view what);
Error out_of_memory();

// Lines on the standard error stream.
std::string error_line(const Error& error);
/// "Warning: Requested duration 600s exceeds GPU limit 240s"
std::string warning_line(std::string_view warning);
/// Of --stream: a warning.
std::string stream_ended(std::string_view where);
/// What --compile has changed.
std::string always_compiled();
std::string engine_line(const Path& checkpoints, std::string_view model);

// Pieces of reports.
/// "180 s: at most 3.57 GB (describe bf16 resident, …)"
std::string planned_song(const Plan& plan);
std::string seconds(double value);          ///< "8.2 s", "3 min 20 s"
std::string remaining(double value);        ///< "about 12 s left"
std::string bytes(std::int64_t count);      ///< "13.6 MB"
extern const char* const tiers_legend;      ///< below the table of tiers
extern const char* const advised_settings;  ///< above the lines of an .env file
std::string tiers_of_other_profile(const Path& file, std::string_view profile);
std::string nothing_found(const Path& folder);
std::string converting(std::string_view part, int percent);  ///< "convert vae 30 %"
std::string comparing_codes(std::string_view part, int percent);
std::string audio_codes_kept(double share);  ///< a line of the report

/// `text` with control characters replaced, so that no name from a file can break a line or talk to
/// the terminal.
std::string printable(std::string_view text);

}  // namespace acestep::cli::texts
