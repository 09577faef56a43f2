// `acestep generate`.
#pragma once

#include "cli/generate_flags.h"

namespace acestep::cli {

/// Makes the songs, writes them and reports. \throws Error; songs written before it are kept and
/// named in its hint.
void generate(const GenerateOptions& options);

}  // namespace acestep::cli
