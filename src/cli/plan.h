// acestep plan: what a song would take, before it is made.
#pragma once

#include "cli/command_flags.h"

namespace acestep::cli {

void add_plan_flags(CommandFlags& flags);
/// Prints the plan. \throws Error{unavailable}, after printing, when the request does not fit
void plan(const CommandOptions& options);

}  // namespace acestep::cli
