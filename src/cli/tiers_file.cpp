#include "cli/tiers_file.h"

#include <filesystem>
#include <system_error>

#include "cli/flags/flag_table.h"

namespace acestep::cli {
namespace {

namespace fs = std::filesystem;

fs::path user_tiers_file(const EnvironmentLookup& environment) {
    const std::string config = environment("XDG_CONFIG_HOME").value_or("");
    const std::string home = environment("HOME").value_or("");
    if (config.empty() && home.empty()) return {};
    return (config.empty() ? fs::path(home) / ".config" : fs::path(config)) / "acestep" /
           "tiers.json";
}

}  // namespace

CLI::Option* add_tiers_file_flag(CLI::App& command, std::string& file) {
    return add_flag_with_values(command, "--tiers", "FILE",
                                "changes of the tables of tiers ($ACESTEP_TIERS, else\n"
                                "$XDG_CONFIG_HOME/acestep/tiers.json)",
                                [&file](const GivenFlag& flag) { file = flag.text(); });
}

TierTuning tier_tuning(const std::string& flag, const EnvironmentLookup& environment) {
    if (!flag.empty()) return load_tier_tuning(flag);
    const std::string file = environment("ACESTEP_TIERS").value_or("");
    if (!file.empty()) return load_tier_tuning(file);
    const fs::path of_user = user_tiers_file(environment);
    std::error_code failure;
    if (of_user.empty() || !fs::exists(of_user, failure)) return {};
    return load_tier_tuning(of_user);
}

}  // namespace acestep::cli
