#include "cli/output_files.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

namespace fs = std::filesystem;

bool names_a_folder(const std::string& path) {
    std::error_code ignored;
    const char last = path.empty() ? '/' : path.back();
    return last == '/' || last == fs::path::preferred_separator || fs::is_directory(path, ignored);
}

bool is_taken(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

std::vector<fs::path> all_of(const SongFiles& files) {
    std::vector<fs::path> all{files.audio};
    for (const auto* beside : {&files.sidecar, &files.lrc, &files.vtt})
        if (*beside) all.push_back(**beside);
    return all;
}

// Writing replaces a file by another, which is not what is meant by a device's name.
void check_no_device(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_other(path, ignored)) throw texts::output_is_a_device(path);
}

}  // namespace

void check_output_name(const fs::path& file, bool force, std::string_view flag) {
    std::error_code ignored;
    if (fs::is_directory(file, ignored)) throw texts::output_is_a_folder(file, flag);
    check_no_device(file);
    if (!force && is_taken(file)) throw texts::output_exists(file, flag);
}

OutputFiles::OutputFiles(const OutputOptions& options, std::size_t songs, bool timed)
    : format_(options.format.value_or(AudioFormat::flac)),
      songs_(songs),
      sidecar_(options.sidecar),
      lrc_(timed),
      vtt_(timed && options.vtt),
      force_(options.force) {
    if (names_a_folder(options.path)) {
        folder_ = options.path;
        extension_ = extension(format_);
        check_writable(folder_);
        return;
    }
    const fs::path path = options.path;
    check_no_device(path);
    folder_ = path.parent_path();
    extension_ = path.extension().string();
    chosen_stem_ = path.stem().string();
    if (extension_.empty()) {
        extension_ = extension(format_);
    } else {
        const AudioFormat by_name = audio_format_from_path(path);
        if (!options.format) format_ = by_name;
        if (extension(format_) != extension(by_name))
            throw texts::extension_and_format_differ(path, name(format_));
    }
    check_writable(folder_);
    for (std::size_t index = 0; index < songs_; ++index)
        for (const fs::path& file : all_of(of_song(index, "", 0))) check_output_name(file, force_);
}

SongFiles OutputFiles::files_at(const fs::path& audio) const {
    const auto beside = [&](bool wanted, const char* extension) {
        return wanted ? std::optional(fs::path(audio).replace_extension(extension)) : std::nullopt;
    };
    return {audio, beside(sidecar_, ".json"), beside(lrc_, ".lrc"), beside(vtt_, ".vtt")};
}

bool OutputFiles::any_taken(const fs::path& audio) const {
    const std::vector<fs::path> files = all_of(files_at(audio));
    return std::any_of(files.begin(), files.end(), is_taken);
}

SongFiles OutputFiles::of_song(std::size_t index, std::string_view caption,
                               std::int64_t seed) const {
    const std::string number = songs_ > 1 ? fmt::format("-{}", index + 1) : "";
    const std::string stem =
        chosen_stem_.empty() ? fmt::format("{}-{}", slug(caption), seed) : chosen_stem_ + number;
    fs::path audio = folder_ / (stem + extension_);
    if (chosen_stem_.empty() && !force_)
        for (int copy = 2; any_taken(audio); ++copy)
            audio = folder_ / fmt::format("{}-{}{}", stem, copy, extension_);
    return files_at(audio);
}

std::string slug(std::string_view caption) {
    constexpr std::size_t longest = 40;
    std::string words;
    for (const char character : caption) {
        const auto code = static_cast<unsigned char>(character);
        const bool upper = code >= 'A' && code <= 'Z';
        const bool kept =
            upper || (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || code >= 0x80;
        if (kept)
            words += upper ? static_cast<char>(code - 'A' + 'a') : character;
        else if (!words.empty() && words.back() != '-')
            words += '-';
    }
    if (words.size() > longest) {
        std::size_t cut = longest;  // not inside a UTF-8 sequence
        while (cut > 0 && (static_cast<unsigned char>(words[cut]) & 0xC0) == 0x80) --cut;
        words.resize(cut);
    }
    while (!words.empty() && words.back() == '-') words.pop_back();
    return words.empty() ? "song" : words;
}

}  // namespace acestep::cli
