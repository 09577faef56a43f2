// `acestep check-gpu`: what of this machine the program can use, what it cannot, and why.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace acestep::cli {

/// What its flags ask for.
struct CheckGpuCommand {
    std::string checkpoints;
    std::optional<double> simulated_gib;
    std::string device_profile;  ///< simulated, too; only one of the two
    std::string tiers_file;
    bool json = false;
    bool verbose = false;
};

/// `check` has to outlive the command.
void add_check_gpu_flags(CLI::App& command, CheckGpuCommand& check);

/// Prints the report. The exit status: 0 with a usable graphics processor, 1 with the processor
/// only, which a simulated device is too. \throws Error
int check_gpu(const CheckGpuCommand& check);

}  // namespace acestep::cli
