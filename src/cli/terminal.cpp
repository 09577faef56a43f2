#include "cli/terminal.h"

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace acestep::cli {

constexpr int usual_columns = 80;

#if defined(_WIN32)

bool standard_error_is_terminal() {
    return _isatty(_fileno(stderr)) != 0;
}

bool standard_output_is_terminal() {
    return _isatty(_fileno(stdout)) != 0;
}

void make_standard_output_binary() {
    _setmode(_fileno(stdout), _O_BINARY);
}

int terminal_columns() {
    return usual_columns;
}

#else

bool standard_error_is_terminal() {
    return isatty(STDERR_FILENO) == 1;
}

bool standard_output_is_terminal() {
    return isatty(STDOUT_FILENO) == 1;
}

void make_standard_output_binary() {}

int terminal_columns() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual_columns;
    return size.ws_col;
}

#endif

}  // namespace acestep::cli
