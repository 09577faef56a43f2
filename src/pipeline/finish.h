// The last stage before a file: clipping, the splice of a repaint, level, fades.
// Source: spec pipeline.md 8.1-8.3, 5.8.
#pragma once

#include "acestep/audio.h"
#include "acestep/song.h"
#include "pipeline/request/resolve.h"

namespace acestep::pipeline {

/// `source` is the canvas of a repaint, null for other tasks.
Waveform finish(Waveform waveform, const ResolvedRequest& request, const Waveform* source);

}  // namespace acestep::pipeline
