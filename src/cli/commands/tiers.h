// `acestep tiers`: what holds for a graphics card of each size.
#pragma once

#include <optional>
#include <string>

#include "acestep/tiers.h"

namespace CLI {
class App;
}

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

}  // namespace acestep::cli
