// acestep bench: how long the stages of a song take on this machine, over several songs in a row.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_bench_flags(CommandFlags& flags);
/// Prints a report and, when asked, writes the evidence for a change of the tiers. \throws
/// Error{unavailable}, after both, when a song failed
void bench(const CommandOptions& options);

}  // namespace acestep::cli
