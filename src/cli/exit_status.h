// Exit statuses of the program: what a script can tell without reading the message.
//
//     0    done
//     1    the machine could not do it now: out of memory, an output that cannot be written, a
//          defect of the program
//     2    what was asked cannot be done: wrong usage, an invalid request, a missing or damaged
//          file, something this checkpoint does not support
//     130  cancelled with Ctrl-C or SIGTERM
#pragma once

#include "acestep/error.h"

namespace acestep::cli {

inline constexpr int status_ok = 0;
inline constexpr int status_failed = 1;
inline constexpr int status_refused = 2;
inline constexpr int status_cancelled = 130;

int exit_status(ErrorCode code);

}  // namespace acestep::cli
