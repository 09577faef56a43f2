// `acestep score`: how well a song explains what it was asked for.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_score_flags(CommandFlags& flags);

/// \throws Error
void score(const CommandOptions& options);

}  // namespace acestep::cli
