#include "cli/reports/report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/reports/stages_json.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

using Json = nlohmann::ordered_json;

// Names of files may be bytes that are no text; the report is written all the same.
std::string dump(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// JSON has no infinity, which is the level of silence.
Json level(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

std::string loudness_text(const SongReport& song) {
    if (song.silent || !std::isfinite(song.loudness.peak_db)) return "silent";
    const std::string peak = fmt::format("peak {:.1f} dBFS", song.loudness.peak_db);
    if (!std::isfinite(song.loudness.integrated_lufs)) return peak;
    return fmt::format("{:.1f} LUFS, {}", song.loudness.integrated_lufs, peak);
}

std::string file_line(const char* what, const std::optional<std::filesystem::path>& file) {
    if (!file) return "";
    return fmt::format("  {:<10}{}\n", what, texts::printable(file->string()));
}

std::string song_text(const SongReport& song) {
    std::string text =
        fmt::format("{}\n  {:<10}{:.2f} s, {}\n  {:<10}{}\n  {:<10}{}\n",
                    texts::printable(song.files.audio.string()), "length", song.duration_seconds,
                    name(song.format), "seed", song.seed, "loudness", loudness_text(song));
    return text + file_line("request", song.files.sidecar) + file_line("lyrics", song.files.lrc) +
           file_line("subtitles", song.files.vtt);
}

// What the songs were made with, whoever decided it; the caption only when it is not the user's.
std::string plan_text(const Composition& plan, const SongRequest& made) {
    std::string facts;
    const auto add = [&facts](const std::string& fact) {
        if (!fact.empty()) facts += (facts.empty() ? "" : ", ") + texts::printable(fact);
    };
    if (made.bpm) add(fmt::format("{} bpm", *made.bpm));
    add(made.keyscale);
    if (!made.timesignature.empty()) add("time signature " + made.timesignature);
    if (made.duration > 0) add(fmt::format("{} s", made.duration));
    if (made.vocal_language != "unknown") add("language " + made.vocal_language);
    std::string text = fmt::format("{}\n", texts::printable(plan.model));
    if (!facts.empty()) text += fmt::format("  {:<10}{}\n", "plan", facts);
    const bool rewritten = !made.caption.empty() && plan.metadata.caption == made.caption;
    if (rewritten) text += fmt::format("  {:<10}{}\n", "caption", texts::printable(made.caption));
    return text;
}

std::string stage_text(std::string_view stage, double seconds, std::int64_t peak_bytes) {
    return fmt::format("  {:<10}{:>12}{:>12}\n", stage, texts::seconds(seconds),
                       peak_bytes > 0 ? texts::bytes(peak_bytes) : "");
}

Json file_json(const std::optional<std::filesystem::path>& file) {
    return file ? Json(file->string()) : Json(nullptr);
}

// Members that only a song with timed lyrics has.
void add_lyrics(Json& json, const SongReport& song) {
    if (!song.lyric_times) return;
    json["lrc"] = file_json(song.files.lrc);
    json["vtt"] = file_json(song.files.vtt);
    json["lyric_lines"] = Json::array();
    for (const LyricLine& line : song.lyric_times->lines)
        json["lyric_lines"].push_back(
            {{"text", line.text}, {"start", line.start}, {"end", line.end}});
    json["alignment_score"] = song.lyric_times->alignment_score;
}

Json song_json(const SongReport& song) {
    Json json{{"file", song.files.audio.string()},
              {"sidecar", file_json(song.files.sidecar)},
              {"format", name(song.format)},
              {"duration", song.duration_seconds},
              {"seed", song.seed},
              {"loudness_lufs", level(song.loudness.integrated_lufs)},
              {"peak_db", level(song.loudness.peak_db)},
              {"silent", song.silent},
              {"request", Json::parse(to_json(song.request))}};
    add_lyrics(json, song);
    return json;
}

}  // namespace

std::string as_text(const RunReport& report) {
    std::string text;
    for (const SongReport& song : report.songs) text += song_text(song);
    if (report.plan && !report.songs.empty())
        text += plan_text(*report.plan, report.songs.front().request);
    text += fmt::format("{}\n  {:<10}{:>12}{:>12}\n", texts::printable(report.model), "stage",
                        "time", "peak memory");
    double seconds = 0;
    std::int64_t peak_bytes = 0;
    for (const StageReport& stage : report.stages) {
        text += stage_text(name(stage.stage), stage.seconds, stage.peak_bytes);
        seconds += stage.seconds;
        peak_bytes = std::max(peak_bytes, stage.peak_bytes);
    }
    return text + stage_text("all", seconds, peak_bytes);
}

std::string as_json(const RunReport& report) {
    Json document{
        {"model", report.model}, {"songs", Json::array()}, {"stages", stages_json(report.stages)}};
    if (report.plan) document["plan"] = Json::parse(to_json(*report.plan));
    for (const SongReport& song : report.songs) document["songs"].push_back(song_json(song));
    document["warnings"] = report.warnings;
    return dump(document);
}

std::string as_json(const Error& error) {
    const Json facts{
        {"code", name(error.code())}, {"message", error.message()}, {"hint", error.hint()}};
    return dump({{"error", facts}});
}

}  // namespace acestep::cli
