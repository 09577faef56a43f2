// The whole program as a function: words of the command line to an exit status.
#pragma once

#include <string>
#include <vector>

namespace acestep::cli {

/// `arguments` without the program's name. Everything that is thrown ends here: one line on the
/// standard error stream and a status of exit_status.h.
int run(const std::vector<std::string>& arguments);

}  // namespace acestep::cli
