// Regions and seeds, case by case, as the official program decides them.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/request/regions.h"
#include "pipeline/request/resolve.h"
#include "pipeline/request/seeds.h"
#include "support/golden.h"

namespace acestep::tests {
namespace {

using nlohmann::json;
using pipeline::FrameRange;

// The numbers of the published checkpoints, which the golden cases were made with.
const pipeline::ModelFacts model{.name = "acestep-v15-base",
                                 .base = true,
                                 .latent_frames_limit = 15000,
                                 .pool_window = 5,
                                 .code_count = 64000,
                                 .sample_rate = 48000,
                                 .samples_per_frame = 1920};

std::optional<double> optional_number(const json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

std::optional<FrameRange> optional_range(const json& value) {
    if (value.is_null()) return std::nullopt;
    return FrameRange{value.at(0), value.at(1)};
}

// The file says 0 for every case. Where the region starts before the source (51 of the 240) that
// contradicts the padded length and the shifted region of the same case, pipeline.md 5.6 and the
// official source, all of which put the zeros in front; arithmetic is the reference there.
std::int64_t first_source_sample(const json& expected) {
    const double start = optional_number(expected.at("start")).value_or(0);
    if (start >= 0) return expected.at("first_source_sample");
    return static_cast<std::int64_t>(-start * model.sample_rate);
}

TEST(RequestGolden, RegionsAreExactlyThose) {
    ACESTEP_GOLDEN_JSON(golden, "pipeline_regions.json");
    for (const json& expected : golden.at("cases")) {
        SCOPED_TRACE(expected.dump());
        const auto region = pipeline::region_frames(
            task_type_from_name(expected.at("task").get<std::string>()),
            expected.at("source_samples"), optional_number(expected.at("start")),
            optional_number(expected.at("end")), model, pipeline::LegoSource::silenced);
        EXPECT_EQ(region.start_seconds, optional_number(expected.at("adjusted_start")));
        EXPECT_EQ(region.end_seconds, expected.at("adjusted_end"));
        EXPECT_EQ(region.padded_samples, expected.at("padded_samples"));
        EXPECT_EQ(region.first_source_sample, first_source_sample(expected));
        EXPECT_EQ(region.latent_frames, expected.at("latent_frames"));
        EXPECT_EQ(region.mask.first, expected.at("mask_first"));
        EXPECT_EQ(region.mask.end, expected.at("mask_end"));
        EXPECT_EQ(region.silenced, optional_range(expected.at("silenced")));
        EXPECT_EQ(region.valid, !expected.at("silenced").is_null());
    }
}

// The same through a whole request, where it is one we accept and mean in upstream's way.
TEST(RequestGolden, RequestsResolveToThoseRegions) {
    ACESTEP_GOLDEN_JSON(golden, "pipeline_regions.json");
    int compared = 0;
    for (const json& expected : golden.at("cases")) {
        SCOPED_TRACE(expected.dump());
        const bool is_empty = expected.at("silenced").is_null();
        const double end = optional_number(expected.at("end")).value_or(-1);
        const double start = optional_number(expected.at("start")).value_or(0);
        if (is_empty || (start < 0 && end < 0)) continue;
        SongRequest request;
        request.task_type = task_type_from_name(expected.at("task").get<std::string>());
        request.src_audio = "source.wav";
        request.repainting_start = start;
        request.repainting_end = end;
        const auto resolved = pipeline::resolve(
            request, model, {.source_samples = expected.at("source_samples")}, [] { return 0u; });
        EXPECT_EQ(resolved.is_cover, expected.at("is_cover"));
        EXPECT_EQ(resolved.region->mask.first, expected.at("mask_first"));
        EXPECT_EQ(resolved.region->mask.end, expected.at("mask_end"));
        EXPECT_EQ(resolved.latent_frames,
                  std::max<std::int64_t>(128, expected.at("latent_frames")));
        ++compared;
    }
    EXPECT_GT(compared, 0);
}

// What the file gives as a value: texts as texts, numbers as their text (upstream cuts fractions
// off both), null as nothing. A list reaches that upstream function as text, never as a list.
std::optional<std::string> seed_text(const json& value) {
    if (value.is_array()) return std::nullopt;
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() ? "" : value.dump();
}

TEST(RequestGolden, SeedsAreThoseWhereUpstreamFixesThem) {
    ACESTEP_GOLDEN_JSON(golden, "pipeline_seeds.json");
    constexpr std::uint32_t drawn = 123456789;
    for (const json& expected : golden.at("cases")) {
        SCOPED_TRACE(expected.dump());
        const auto text = seed_text(expected.at("seed"));
        if (!text) continue;
        const auto requested = pipeline::seeds_from_text(*text);
        const auto seeds =
            pipeline::seeds_for_songs(requested, expected.at("batch"), [] { return drawn; });
        ASSERT_EQ(seeds.size(), expected.at("seeds").size());
        for (std::size_t song = 0; song < seeds.size(); ++song) {
            const json& wanted = expected.at("seeds").at(song);
            if (!wanted.is_null())
                EXPECT_EQ(seeds[song], wanted);
            else if (requested.size() == 1 && song > 0)  // ours: the first one numbers on
                EXPECT_EQ(seeds[song], seeds[0] + static_cast<std::int64_t>(song));
            else
                EXPECT_EQ(seeds[song], drawn);
        }
    }
}

}  // namespace
}  // namespace acestep::tests
