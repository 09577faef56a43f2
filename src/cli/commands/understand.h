// `acestep understand`: what a song sounds like, in words.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_understand_flags(CommandFlags& flags);

/// \throws Error
void understand(const CommandOptions& options);

}  // namespace acestep::cli
