#include "cli/reports/progress_display.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "cli/terminal.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

constexpr int bar_width = 20;
// A terminal over a slow line should not become the slowest part.
constexpr std::chrono::milliseconds shortest_pause{100};

double share(const Progress& progress) {
    return std::clamp(static_cast<double>(progress.done) / progress.total, 0.0, 1.0);
}

std::string bar(const Progress& progress) {
    const int filled = static_cast<int>(share(progress) * bar_width);
    return fmt::format("[{:#<{}}{:-<{}}] ", "", filled, "", bar_width - filled);
}

std::string amount(const Progress& progress) {
    if (progress.stage != Stage::compose)
        return fmt::format("{}/{}", progress.done, progress.total);
    return fmt::format("{} of {} s", progress.done / codes_a_second,
                       progress.total / codes_a_second);
}

ProgressDisplay::Style style_for(Loudspeaking speaking) {
    if (speaking == Loudspeaking::quiet) return ProgressDisplay::Style::none;
    return standard_error_is_terminal() ? ProgressDisplay::Style::redraw
                                        : ProgressDisplay::Style::lines;
}

}  // namespace

std::string progress_text(const Progress& progress) {
    std::string text(name(progress.stage));
    if (progress.total > 0) {
        text +=
            fmt::format(" {} ({} %)", amount(progress), static_cast<int>(share(progress) * 100));
        if (progress.remaining_seconds && progress.done < progress.total)
            text += ", " + texts::remaining(*progress.remaining_seconds);
    }
    return text;
}

ProgressDisplay::ProgressDisplay(std::ostream& out, Style style, int columns, int songs)
    : out_(out), style_(style), columns_(columns), songs_(songs) {}

ProgressDisplay::ProgressDisplay(Loudspeaking speaking, int songs)
    : ProgressDisplay(std::cerr, style_for(speaking), terminal_columns(), songs) {}

ProgressDisplay::~ProgressDisplay() {
    clear();
}

// The songs of a batch go through the first stages together, unless each has a plan of its own, and
// are then finished one by one.
std::string ProgressDisplay::text(const Progress& progress) const {
    const bool alone =
        progress.stage == Stage::decode || progress.stage == Stage::finish || finished_songs_ > 0;
    if (songs_ < 2 || !alone) return progress_text(progress);
    return fmt::format("song {} of {}: {}", finished_songs_ + 1, songs_, progress_text(progress));
}

void ProgressDisplay::report(const Progress& progress) {
    const bool new_stage = stage_ != progress.stage;
    stage_ = progress.stage;
    if (style_ == Style::lines) print_line(progress, new_stage);
    if (style_ == Style::redraw) redraw(progress, new_stage);
}

void ProgressDisplay::print_line(const Progress& progress, bool new_stage) {
    const int tenths = progress.total > 0 ? static_cast<int>(share(progress) * 10) : 0;
    if (!new_stage && tenths <= tenths_told_) return;
    tenths_told_ = tenths;
    out_ << text(progress) << std::endl;
}

void ProgressDisplay::redraw(const Progress& progress, bool new_stage) {
    const auto now = std::chrono::steady_clock::now();
    const bool complete = progress.total > 0 && progress.done >= progress.total;
    if (!new_stage && !complete && now - drawn_at_ < shortest_pause) return;
    drawn_at_ = now;

    std::string line = (progress.total > 0 ? bar(progress) : "") + text(progress);
    // The last column stays free: a full line would wrap and could not be drawn over.
    line.resize(std::min(line.size(), static_cast<std::size_t>(std::max(columns_ - 1, 1))));
    const std::size_t width = line.size();
    line.resize(std::max(width, drawn_), ' ');
    out_ << '\r' << line << std::flush;
    drawn_ = width;
}

void ProgressDisplay::clear() {
    if (drawn_ == 0) return;
    out_ << '\r' << std::string(drawn_, ' ') << '\r' << std::flush;
    drawn_ = 0;
}

}  // namespace acestep::cli
