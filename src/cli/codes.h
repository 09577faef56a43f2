// The value of --codes: codes as text, or a file with codes or with a composition.
#pragma once

#include "cli/flags/command_options.h"
#include "cli/flags/flag_table.h"

namespace acestep::cli {

/// Puts the codes into the request. "12,7" and "<|audio_code_12|>…" are codes; anything else names
/// a file ("@FILE" does always, "-" is the standard input). Several lines of codes, and a
/// composition's list, are songs of a batch. The composition's words fill what `options` leaves
/// open. \throws Error{invalid_request}, Error{not_found}
void take_codes(const GivenFlag& flag, CommandOptions& options);

}  // namespace acestep::cli
