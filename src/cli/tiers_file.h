// The user's file of tiers, which every command that works by tiers takes.
#pragma once

#include <string>

#include "acestep/machine.h"
#include "acestep/tiers.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace acestep::cli {

/// --tiers; `file` has to outlive the command.
CLI::Option* add_tiers_file_flag(CLI::App& command, std::string& file);

/// The user's changes of tiers, from the first of: `flag` when not blank; the variable
/// ACESTEP_TIERS when not blank; acestep/tiers.json in $XDG_CONFIG_HOME or ~/.config, if it is
/// there. \throws Error{not_found, invalid_request}
TierTuning tier_tuning(const std::string& flag, const EnvironmentLookup& environment);

}  // namespace acestep::cli
