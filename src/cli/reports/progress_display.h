// Progress of a run for people: one line that is redrawn on a terminal, else few plain lines.
#pragma once

#include <chrono>
#include <optional>
#include <ostream>
#include <string>

#include "acestep/progress.h"
#include "cli/flags/command_options.h"

namespace acestep::cli {

/// What one second of music has of the units of Stage::compose.
inline constexpr int codes_a_second = 5;

class ProgressDisplay {
public:
    enum class Style {
        none,
        lines,   ///< one line when a stage begins, then at most one for every tenth of it
        redraw,  ///< one line of at most `columns`, drawn over itself
    };

    ProgressDisplay(std::ostream& out, Style style, int columns, int songs);
    /// On the standard error stream, as it suits the terminal there, if any.
    ProgressDisplay(Loudspeaking speaking, int songs);
    ~ProgressDisplay();
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;

    void report(const Progress& progress);
    /// What is reported from now on is about the next song of the batch.
    void song_finished() { ++finished_songs_; }
    /// Removes the redrawn line, so that something else can be written.
    void clear();

private:
    std::string text(const Progress& progress) const;
    void print_line(const Progress& progress, bool new_stage);
    void redraw(const Progress& progress, bool new_stage);

    std::ostream& out_;
    Style style_;
    int columns_;
    int songs_;
    int finished_songs_ = 0;
    std::optional<Stage> stage_;
    int tenths_told_ = 0;    ///< of the stage, with Style::lines
    std::size_t drawn_ = 0;  ///< width of the line on the terminal, with Style::redraw
    std::chrono::steady_clock::time_point drawn_at_;
};

/// "diffuse 3/8 (37 %), about 12 s left", "compose 12 of 20 s (60 %)"; only the stage's name when
/// it cannot be divided.
std::string progress_text(const Progress& progress);

}  // namespace acestep::cli
