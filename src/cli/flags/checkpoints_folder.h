// Where the checkpoints are when the user does not say. The only place of the program that reads
// the environment.
#pragma once

#include <filesystem>
#include <string>

namespace acestep::cli {

/// The first of: `flag` when not blank; the environment variable ACESTEP_CHECKPOINTS_DIR when not
/// blank; `checkpoints` in the current folder; `checkpoints/demo` when that is the only thing in
/// it. Whether the folder exists is for the library to say.
std::filesystem::path checkpoints_folder(const std::string& flag);

/// The third and fourth choice alone: `checkpoints`, or its `demo` when nothing else is there.
std::filesystem::path local_checkpoints(const std::filesystem::path& checkpoints);

}  // namespace acestep::cli
