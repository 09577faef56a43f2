// Metadata on its way between requests, the language model and users.
// Source: spec lm.md 2.2, 2.8; pipeline.md 9.3.
#pragma once

#include <string>

#include "acestep/language.h"
#include "acestep/song.h"
#include "text/metas.h"

namespace acestep::pipeline {

/// What the model may be given of a request. Caption and language never are: it reads the caption
/// as it stands, and what it writes is its own.
text::Metas given_metas(const SongRequest& request);
/// The same of a request to format, with its language.
text::Metas given_metas(const FormatRequest& request);

/// Text that the model wrote, as a request takes it: without the zero bytes that it may have picked
/// among its tokens.
std::string usable_text(std::string text);

/// What the model wrote, as far as it can be used: numbers in range, names that the models know.
/// "N/A" is nothing.
Metadata usable_metadata(const text::Metas& metas);

}  // namespace acestep::pipeline
