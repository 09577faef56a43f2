// `acestep tiers`: what holds for a graphics card of each size.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "acestep/tiers.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace acestep::cli {

/// What its flags ask for.
struct TiersCommand {
    std::optional<TierProfile> profile;
    std::optional<TierBoundaries> boundaries;
    std::optional<double> vram;  ///< GiB
    std::string tiers_file;
    bool json = false;
    bool markdown = false;
};

/// `tiers` has to outlive the command.
void add_tiers_flags(CLI::App& command, TiersCommand& tiers);

/// Prints them. \throws Error{not_found, invalid_request} for the file of tiers
void show_tiers(const TiersCommand& tiers);

/// The user's changes of tiers, from the first of: `flag` when not blank; the environment variable
/// ACESTEP_TIERS when not blank; acestep/tiers.json in $XDG_CONFIG_HOME or ~/.config, if it is
/// there. \throws Error{not_found, invalid_request}
TierTuning tier_tuning(const std::string& flag);

}  // namespace acestep::cli
