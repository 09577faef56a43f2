// Where repaint and lego work: from seconds in the source to samples and latent frames.
//
//     start −3 s                      source 10 s                    end 12 s
//     |-- zeros --|---------------- the user's samples ----------------|-- zeros --|
//     0           first_source_sample                                    padded_samples
//
// A start before the source or an end behind it extends the canvas with zeros.
// Source: spec pipeline.md 5.6; golden pipeline_regions.json.
#pragma once

#include <cstdint>
#include <optional>

#include "acestep/song.h"
#include "pipeline/checkpoints/model_facts.h"

namespace acestep::pipeline {

/// Latent frames first, first + 1, …, end − 1.
struct FrameRange {
    std::int64_t first = 0, end = 0;
    bool operator==(const FrameRange&) const = default;
};

struct RegionFrames {
    /// The region in seconds of the canvas; no start when none was given.
    std::optional<double> start_seconds;
    double end_seconds = 0;
    std::int64_t padded_samples = 0;       ///< length of the canvas
    std::int64_t first_source_sample = 0;  ///< where on the canvas the source begins
    std::int64_t latent_frames = 0;        ///< whole frames of the canvas
    /// False when the region is empty (its end not behind its start): upstream then generates
    /// everything, and `mask` covers all frames.
    bool valid = false;
    FrameRange mask;                     ///< frames to generate
    std::optional<FrameRange> silenced;  ///< frames whose source is replaced by silence
};

/// A lego part is made to fit what sounds in its region, so its source stays (pipeline.md 2.2, 14.1
/// #10). Official programs before spring 2026 silenced it; golden data shows them.
enum class LegoSource { kept, silenced };

/// Seconds count from the beginning of the source. No `end`, or a negative one, is the end of the
/// source. `task` is repaint or lego.
RegionFrames region_frames(TaskType task, std::int64_t source_samples, std::optional<double> start,
                           std::optional<double> end, const ModelFacts& model,
                           LegoSource lego_source = LegoSource::kept);

}  // namespace acestep::pipeline
