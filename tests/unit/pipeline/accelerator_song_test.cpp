// Songs on a real accelerator: its buffers, its copies, its refusals. ACESTEP_TEST_DEVICE names it;
// without one there is nothing to test here.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/engine.h"
#include "support/demo_checkpoints.h"
#include "support/temporary_directory.h"
#include "support/test_device.h"

namespace acestep::pipeline {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class AcceleratorSong : public ::testing::Test {
protected:
    void SetUp() override {
        if (tests::test_device_name() == "cpu") GTEST_SKIP() << "ACESTEP_TEST_DEVICE names none";
    }

    /// Two steps are enough to read every weight twice.
    static SongRequest song() {
        SongRequest request;
        request.caption = "driving techno with organ";
        request.duration = 5.2;
        request.seeds = {1};
        request.thinking = Thinking::off;
        request.timesteps = {1.0, 0.5};
        return request;
    }

    /// In one type, so that every way to the song is the same arithmetic. The decoder has tests of
    /// its own, and on a software device it takes longer than all the rest.
    static EngineOptions options() {
        EngineOptions options;
        options.checkpoints = ACESTEP_DEMO_CHECKPOINTS;
        options.precision = Precision::f32;
        options.limits = Limits::planned;
        options.machine.device = tests::test_device_name();
        options.vae_on_cpu = true;
        return options;
    }

    GenerationResult made_with(const std::string& profile, EngineOptions options) const {
        options.machine.device_profile = tests::write_device_profile(folder_.path(), profile);
        return Engine(std::move(options)).generate(song());
    }

    static std::int64_t peak(const GenerationResult& result, Stage stage) {
        for (const StageReport& report : result.stages)
            if (report.stage == stage) return report.peak_bytes;
        return 0;
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(AcceleratorSong, IsTheSameHoweverItsWeightsGetThere) {
    const std::string roomy = R"({"memory_gib": 4})";
    const GenerationResult resident = made_with(roomy, options());
    ASSERT_EQ(resident.songs.size(), 1u);

    EngineOptions swapping = options();
    swapping.offload_to_cpu = true;
    EXPECT_EQ(made_with(roomy, swapping).songs[0].latents, resident.songs[0].latents);

    // Half a GiB is the driver's. Of what is left the transformer gets half of what it had.
    const double gib = 0.5 + 0.5 * static_cast<double>(peak(resident, Stage::diffuse)) / (1 << 30);
    const GenerationResult streamed =
        made_with("{\"memory_gib\": " + std::to_string(gib) + "}", options());
    EXPECT_EQ(streamed.songs[0].latents, resident.songs[0].latents);
    EXPECT_LT(peak(streamed, Stage::diffuse), peak(resident, Stage::diffuse));
}

TEST_F(AcceleratorSong, SurvivesRefusedRequestsForMemory) {
    const GenerationResult resident = made_with(R"({"memory_gib": 4})", options());
    for (const int request : {2, 6}) {
        const GenerationResult result = made_with(
            R"({"memory_gib": 4, "refused_request": )" + std::to_string(request) + "}", options());
        EXPECT_EQ(result.songs[0].latents, resident.songs[0].latents) << request;
        EXPECT_THAT(result.warnings, Contains(HasSubstr("found no memory"))) << request;
    }
}

}  // namespace
}  // namespace acestep::pipeline
