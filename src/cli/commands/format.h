// `acestep format`: the user's caption and lyrics, written out as the models like them.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_format_flags(CommandFlags& flags);

/// \throws Error
void format(const CommandOptions& options);

}  // namespace acestep::cli
