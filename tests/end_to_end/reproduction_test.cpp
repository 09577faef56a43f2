// The same request gives the same samples, bit for bit.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::HasSubstr;

class Reproduction : public AcestepProgram {
protected:
    std::vector<std::vector<float>> samples(const std::string& name) const {
        return read_audio(file(name)).channels;
    }
};

TEST_F(Reproduction, SidecarAloneRepeatsASongOfARandomSeed) {
    make_short_song({"--caption", "groovy breakbeat with organ", "--bpm", "94", "--keyscale",
                     "G major", "--method", "sde", "-o", "first.wav", "--format", "wav32f"});
    const ProcessResult again =
        generate({"--from", "first.json", "-o", "again.wav", "--format", "wav32f"});
    ASSERT_EQ(again.status, 0) << again.err;
    EXPECT_EQ(samples("first.wav"), samples("again.wav"));
}

TEST_F(Reproduction, SidecarOfACoverWorksFromAnotherFolder) {
    write_source();
    const ProcessResult cover =
        generate({"--task", "cover", "--source", "source.wav", "--precision", "f32", "-o",
                  "first.wav", "--format", "wav32f"});
    ASSERT_EQ(cover.status, 0) << cover.err;
    std::filesystem::create_directory(file("elsewhere"));
    const ProcessResult again =
        generate({"--from", "../first.json", "-o", "again.wav", "--format", "wav32f"},
                 {.working_directory = file("elsewhere")});
    ASSERT_EQ(again.status, 0) << again.err;
    EXPECT_EQ(samples("first.wav"), samples("elsewhere/again.wav"));
}

TEST_F(Reproduction, SameSeedIsTheSameSongAndAnotherSeedIsNot) {
    for (const char* const name : {"a.wav", "b.wav"})
        make_short_song({"--seed", "5", "-o", name, "--format", "wav32f"});
    make_short_song({"--seed", "6", "-o", "c.wav", "--format", "wav32f"});
    EXPECT_EQ(samples("a.wav"), samples("b.wav"));
    EXPECT_NE(samples("a.wav"), samples("c.wav"));
}

TEST_F(Reproduction, FlagsReplaceWhatTheRequestFileSays) {
    write_bytes(file("request.json"),
                R"({"caption": "slow waltz", "duration": 6.4, "seeds": [3]})");
    make_short_song({"--from", "request.json", "-o", "song.flac"});
    const nlohmann::json made = nlohmann::json::parse(read_bytes(file("song.json")));
    EXPECT_EQ(made.at("caption"), "slow waltz");
    EXPECT_EQ(made.at("seeds"), nlohmann::json::array({3}));
    EXPECT_NEAR(read_audio(file("song.flac")).duration_seconds(), short_song_seconds, 1e-9);
}

TEST_F(Reproduction, RequestMayComeFromTheStandardInput) {
    const ProcessResult result =
        generate({"--request", "-", "-o", "song.flac"},
                 {.standard_input = R"({"caption": "waltz", "duration": 5.2, "seeds": [1]})"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(read_bytes(file("song.json")), HasSubstr("waltz"));
}

}  // namespace
}  // namespace acestep::tests
