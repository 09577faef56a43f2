// Flags for the fields of a song's request, by subject.
#pragma once

#include "cli/flags/command_flags.h"

namespace acestep::cli {

/// Caption and lyrics.
void add_words(FlagSection section);
/// Words that only songs need.
void add_song_words(FlagSection section);
/// --language alone.
void add_language(FlagSection section);
/// Language, tempo, key, time signature, duration.
void add_metadata(FlagSection section);
/// --seed and --batch.
void add_seeds(FlagSection section);
/// What else random numbers decide in a song.
void add_noise(FlagSection section);
/// Without --request, --from and --codes, which CommandFlags has.
void add_task(FlagSection section);
void add_sampler(FlagSection section);
void add_finishing(FlagSection section);

}  // namespace acestep::cli
