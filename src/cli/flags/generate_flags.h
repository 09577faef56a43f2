// The flags of `acestep generate`.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_generate_flags(CommandFlags& flags);

}  // namespace acestep::cli
