// Flags for the language model: whether it plans a song, and how it draws its tokens.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

/// --thinking and --no-thinking.
void add_thinking(FlagSection section);
/// What a plan has in it, its guidance and its seed.
void add_plan(FlagSection section);
/// How tokens are drawn; `temperature` is the default.
void add_token_sampling(FlagSection section, double temperature = LanguageSettings{}.temperature);
/// The seed of a mode that writes texts: there is no song's to take.
void add_text_seed(FlagSection section);

/// The same for the modes that write texts.
LanguageSettings language_settings(const SongRequest& request);

}  // namespace acestep::cli
