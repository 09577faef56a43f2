// The flags that say what may be used of the machine, and how.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

/// All of a command that runs an engine, in the section "Machine": those below, --env-file,
/// --tiers.
void add_machine_of_engine(CommandFlags& flags);

/// --device, --lm-device, --simulate-vram, --simulate-device, --memory-limit
void add_machine(FlagSection section);
/// --offload-to-cpu, --offload-dit-to-cpu, --vae-on-cpu, --lm-on-cpu, --limits
void add_placement(FlagSection section);

}  // namespace acestep::cli
