// Flags for the engine: which checkpoints, and how they are run.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_engine(FlagSection section);

}  // namespace acestep::cli
