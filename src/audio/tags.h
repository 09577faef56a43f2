// Title, lyrics and the rest, written into the audio file itself.
//
// Tags go by their Vorbis names in every format. Ogg and FLAC store them so; MP3 gets an ID3v2.4
// tag (TITLE → TIT2, ARTIST → TPE1, COMMENT → COMM, BPM → TBPM, INITIALKEY → TKEY, LYRICS → USLT,
// LANGUAGE → TLAN, unknown names → TXXX); WAV gets that tag as well as the RIFF INFO fields that
// have a counterpart (TITLE, ARTIST, ALBUM, COMMENT, GENRE, DATE, TRACKNUMBER).
#pragma once

#include <map>
#include <string>

#include "acestep/audio.h"
#include "audio/output_file.h"

namespace acestep::audio {

using Tags = std::map<std::string, std::string>;

/// Names in upper case, values cleaned (tag_text.h), empty ones dropped. \throws
/// Error{invalid_request} for a name that Vorbis comments do not have (ASCII from space to },
/// without =), for two names that differ in case only, or when all tags exceed 1 MiB.
Tags checked_tags(const Tags& tags);

/// Adds checked tags to a finished audio stream; does nothing when there are none.
/// \throws Error{unavailable} when they cannot be written.
void write_tags(OutputFile& file, AudioFormat format, const Tags& tags);

}  // namespace acestep::audio
