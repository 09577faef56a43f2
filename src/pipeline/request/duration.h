// How long a song becomes: seconds to frames, and a guess where nobody said.
// Source: spec pipeline.md 5.1 and 6.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "pipeline/checkpoints/model_facts.h"

namespace acestep::pipeline {

/// Rounded to tenths of a second like Python's round(seconds, 1): the exact decimal value of the
/// double decides, ties go to the even digit. At least 0.1.
double rounded_duration(double seconds);

/// Latent frames of a song of `seconds`: rounded to tenths, cut to whole samples, then to whole
/// frames. Minimum and limit of the checkpoint are not applied.
std::int64_t frames_of_duration(double seconds, const ModelFacts& model);

/// Seconds, whole, that singing `lyrics` takes: words (section marks in brackets not counted) at
/// 50 + bpm/4 words a minute, plus 30 %, within 30…600; 60 for lyrics without words. Scripts that
/// put no blanks between words (Han, Kana, Thai) count two letters as a word.
double estimated_duration(std::string_view lyrics, std::optional<double> bpm);

}  // namespace acestep::pipeline
