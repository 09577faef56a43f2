// acestep plan: what a song would take, before it is made.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

void add_plan_flags(CommandFlags& flags);
/// Prints the plan. That a request does not fit is an answer, no error.
void plan(const CommandOptions& options);

}  // namespace acestep::cli
