// `acestep generate`.
#pragma once

#include "cli/flags/command_options.h"

namespace acestep::cli {

/// Makes the songs, writes them and reports. \throws Error; songs written before it are kept and
/// named in its hint.
void generate(const CommandOptions& options);

}  // namespace acestep::cli
