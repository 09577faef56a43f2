// The terminal behind a standard stream. The operating system's calls for it are in terminal.cpp.
#pragma once

namespace acestep::cli {

bool standard_error_is_terminal();
bool standard_output_is_terminal();

/// Bytes written to standard output arrive as they are; without it some systems change the ends of
/// lines.
void make_standard_output_binary();

/// Columns of the terminal on the standard error stream; 80 when it does not say.
int terminal_columns();

}  // namespace acestep::cli
