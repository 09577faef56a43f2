// `acestep models convert`.
#pragma once

#include <optional>

#include "acestep/checkpoints.h"

namespace CLI {
class App;
}

namespace acestep::cli {

/// What its flags ask for.
struct ConvertCommand {
    ConvertOptions options;
    std::optional<WeightType> type;  ///< has to be given
    bool quiet = false;
};

/// `convert` has to outlive the command.
void add_convert_flags(CLI::App& command, ConvertCommand& convert);

/// Converts, and tells what became of it. `name` is the command's, for messages. \throws Error
void convert_models(const ConvertCommand& convert, const std::string& name);

}  // namespace acestep::cli
