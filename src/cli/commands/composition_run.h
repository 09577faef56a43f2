// What the commands of the language model have in common: they run one of its modes, tell how far
// it is, and print what it wrote as JSON.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/flags/command_options.h"

namespace acestep::cli {

using LanguageMode =
    std::function<Composition(Engine&, const ProgressCallback&, const CancelToken*)>;

/// What a mode gave as JSON, and the warnings in it.
struct LanguageResult {
    std::string json;
    std::vector<std::string> warnings;
};
using LanguageTask =
    std::function<LanguageResult(Engine&, const ProgressCallback&, const CancelToken*)>;

/// Writes the mode's composition to the output file, or to the standard output without one.
/// Warnings are told and are in the JSON. \throws Error; then nothing was written
void write_composition(const CommandOptions& options, const LanguageMode& mode);
/// The same with any result.
void write_result(const CommandOptions& options, const LanguageTask& task);

}  // namespace acestep::cli
