// The terminal behind a standard stream. The operating system's calls for it are in terminal.cpp.
#pragma once

namespace acestep::cli {

bool standard_error_is_terminal();

/// Columns of the terminal on the standard error stream; 80 when it does not say.
int terminal_columns();

}  // namespace acestep::cli
