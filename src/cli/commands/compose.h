// `acestep compose`: the plan of a song, without the song.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_compose_flags(CommandFlags& flags);

/// \throws Error
void compose(const CommandOptions& options);

}  // namespace acestep::cli
