// `.env` files: settings beside a program, one NAME=VALUE a line. They never replace what the
// environment has. Source: spec product.md 3.7.
//
//     # the language model
//     ACESTEP_INIT_LLM=auto          # a comment behind a blank
//     export ACESTEP_LM_MODEL_PATH="acestep-5Hz-lm-1.7B"
//
// Values: as they stand, without blanks at the ends and without a comment; between '…' as they are;
// between "…" with \n, \r, \t, \", \\ and \$ for what these mean. Nothing is put in for $NAME.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acestep/machine.h"

namespace acestep::planner {

struct EnvFile {
    std::vector<std::pair<std::string, std::string>> variables;  ///< the last value of each name
    std::vector<std::string> warnings;                           ///< lines that are passed over
};

/// Any bytes are read; a line that is no setting is a warning with its number. `file` is named
/// there.
EnvFile env_file_from_text(std::string_view text, const std::filesystem::path& file);

/// \throws Error{not_found}; Error{invalid_request} above 64 KiB
EnvFile read_env_file(const std::filesystem::path& file);

/// What `environment` has, blank values too, and else what the file has.
EnvironmentLookup with_env_file(EnvironmentLookup environment, EnvFile file);

}  // namespace acestep::planner
