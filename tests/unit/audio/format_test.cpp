#include <gtest/gtest.h>

#include "acestep/audio.h"
#include "unit/audio/errors.h"

namespace acestep {
namespace {

constexpr AudioFormat every_format[] = {AudioFormat::wav16, AudioFormat::wav24, AudioFormat::wav32f,
                                        AudioFormat::flac,  AudioFormat::mp3,   AudioFormat::ogg,
                                        AudioFormat::opus};

TEST(AudioFormats, AreFoundByTheirOwnNames) {
    for (const AudioFormat format : every_format)
        EXPECT_EQ(audio_format_from_name(name(format)), format) << name(format);
}

TEST(AudioFormats, HaveTheOfficialNamesToo) {
    EXPECT_EQ(audio_format_from_name("wav"), AudioFormat::wav16);
    EXPECT_EQ(audio_format_from_name("wav32"), AudioFormat::wav32f);
    EXPECT_EQ(name(AudioFormat::wav32f), "wav32f");
}

TEST(AudioFormats, ReportAnUnknownNameWithTheKnownOnes) {
    for (const char* unknown : {"aac", "", "WAV", "flac "}) {
        EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "wav16, wav24, wav32f, flac, mp3",
                                      [&] { audio_format_from_name(unknown); }));
    }
}

TEST(AudioFormats, HaveAnExtensionThatLeadsBack) {
    for (const AudioFormat format : every_format) {
        const bool wav = name(format).substr(0, 3) == "wav";
        EXPECT_EQ(audio_format_from_path("a/song" + std::string(extension(format))),
                  wav ? AudioFormat::wav16 : format);
    }
    EXPECT_EQ(extension(AudioFormat::wav24), ".wav");
    EXPECT_EQ(extension(AudioFormat::opus), ".opus");
}

TEST(AudioFormats, AreFoundByExtensionsInAnyCase) {
    EXPECT_EQ(audio_format_from_path("Song.FLAC"), AudioFormat::flac);
    EXPECT_EQ(audio_format_from_path("x.y.Mp3"), AudioFormat::mp3);
    EXPECT_EQ(audio_format_from_path("x.oga"), AudioFormat::ogg);
}

TEST(AudioFormats, ReportAPathWithoutAKnownExtension) {
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "song has no extension",
                                  [] { audio_format_from_path("song"); }));
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, ".opus",
                                  [] { audio_format_from_path("song.m4a"); }));
    EXPECT_TRUE(tests::fails_with(ErrorCode::invalid_request, "no extension",
                                  [] { audio_format_from_path(".flac"); }));
}

}  // namespace
}  // namespace acestep
