// `acestep inspire`: a song's words from a few.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_inspire_flags(CommandFlags& flags);

/// \throws Error
void inspire(const CommandOptions& options);

}  // namespace acestep::cli
