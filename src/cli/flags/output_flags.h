// Flags for what is written where, and for what is said meanwhile.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_song_output(FlagSection section);
/// Of a command whose result is a composition.
void add_composition_output(FlagSection section);

}  // namespace acestep::cli
