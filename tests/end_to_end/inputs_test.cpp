// What users hand in that is odd, huge or broken.
#include <gmock/gmock.h>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Inputs : public AcestepProgram {
protected:
    ProcessResult cover(const std::string& source) const {
        return generate({"--task", "cover", "--source", source, "--quiet", "-o", "made.flac"});
    }
};

TEST_F(Inputs, MissingSourceIsRefused) {
    const ProcessResult result = cover("nowhere.wav");
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("nowhere.wav"));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Inputs, SourceMustBeGivenForACover) {
    EXPECT_TRUE(refused(generate({"--task", "cover", "--quiet"}), 2));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Inputs, EmptySourceIsRefused) {
    write_bytes(file("empty.wav"), "");
    EXPECT_TRUE(refused(cover("empty.wav"), 2));
    EXPECT_THAT(files(), ElementsAre("empty.wav"));
}

TEST_F(Inputs, GarbageIsRefusedAsSourceAndAsReference) {
    std::string garbage;
    for (unsigned i = 0; i < 50000; ++i) garbage += static_cast<char>(i * 2654435761u >> 13);
    write_bytes(file("garbage.flac"), garbage);
    EXPECT_TRUE(refused(cover("garbage.flac"), 2));
    EXPECT_TRUE(
        refused(generate({"--duration", "5.2", "--quiet", "--reference", "garbage.flac"}), 2));
    EXPECT_THAT(files(), ElementsAre("garbage.flac"));
}

TEST_F(Inputs, TruncatedSourceIsRefused) {
    write_source("whole.wav");
    write_bytes(file("half.wav"), read_bytes(file("whole.wav")).substr(0, 100'000));
    EXPECT_TRUE(refused(cover("half.wav"), 2));
    EXPECT_THAT(files(), ElementsAre("half.wav", "whole.wav"));
}

TEST_F(Inputs, FolderAsSourceIsRefused) {
    EXPECT_TRUE(refused(cover("."), 2));
}

std::string little_endian(std::uint32_t value, int bytes) {
    std::string text;
    for (int byte = 0; byte < bytes; ++byte) text += static_cast<char>(value >> (8 * byte));
    return text;
}

// A WAV file as a telephone records it.
std::string eight_bit_mono_8_khz(std::uint32_t seconds) {
    constexpr std::uint32_t rate = 8000, format_bytes = 16, pcm = 1, mono = 1, bits = 8;
    const std::uint32_t samples = rate * seconds;
    std::string sound;
    for (std::uint32_t i = 0; i < samples; ++i) sound += static_cast<char>(i / 20 % 2 ? 192 : 64);
    return "RIFF" + little_endian(36 + samples, 4) + "WAVEfmt " + little_endian(format_bytes, 4) +
           little_endian(pcm, 2) + little_endian(mono, 2) + little_endian(rate, 4) +
           little_endian(rate, 4) + little_endian(1, 2) + little_endian(bits, 2) + "data" +
           little_endian(samples, 4) + sound;
}

TEST_F(Inputs, EightBitMonoAtEightKilohertzIsMusicToo) {
    write_bytes(file("phone.wav"), eight_bit_mono_8_khz(6));
    const ProcessResult result = cover("phone.wav");
    ASSERT_EQ(result.status, 0) << result.err;
    const Waveform made = read_audio(file("made.flac"));
    EXPECT_EQ(made.channels.size(), 2u);
    EXPECT_EQ(made.sample_rate, 48000);
    EXPECT_NEAR(made.duration_seconds(), 6, 0.04);
}

TEST_F(Inputs, HundredKilobytesOfTextAreRefusedInAShortLine) {
    const std::string long_text(100'000, 'a');
    const ProcessResult caption = generate({"--caption", long_text, "--quiet"});
    EXPECT_TRUE(refused(caption, 2));
    EXPECT_LT(caption.err.size(), 500u);

    const ProcessResult number = generate({"--bpm", long_text, "--quiet"});
    EXPECT_TRUE(refused(number, 2));
    EXPECT_LT(number.err.size(), 500u);
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Inputs, LongLyricsFromAFileAreSung) {
    std::string lyrics = "[Verse]\n";
    while (lyrics.size() < 20'000) lyrics += "la la la, and on it goes\n";
    write_bytes(file("lyrics.txt"), lyrics);
    make_short_song({"--lyrics-file", "lyrics.txt", "--language", "en", "-o", "song.flac"});
    EXPECT_THAT(files(), ElementsAre("lyrics.txt", "song.flac", "song.json"));
}

TEST_F(Inputs, EndlessFileOfLyricsIsRefused) {
    EXPECT_TRUE(refused(generate({"--lyrics", "@/dev/zero", "--quiet"}), 2));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Inputs, TextThatIsNotUtf8IsRefused) {
    EXPECT_TRUE(refused(generate({"--caption", "caf\xE9", "--quiet"}), 2));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Inputs, TextOfOtherScriptsWorksAndNamesTheFile) {
    make_short_song({"--caption", "静かな夜 🌙", "--lyrics", "[Verse]\n夜の歌", "--language", "ja",
                     "--seed", "2"});
    EXPECT_THAT(files(), ElementsAre("静かな夜-🌙-2.flac", "静かな夜-🌙-2.json"));
}

TEST_F(Inputs, AThousandMillionSecondsAreRefused) {
    const ProcessResult result = generate({"--duration", "1e9", "--quiet"});
    EXPECT_TRUE(refused(result, 2));
    EXPECT_THAT(result.err, HasSubstr("600 s"));
    EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Inputs, RequestFilesAreReadStrictly) {
    for (const char* const text :
         {"", "[]", "{\"caption\": 3}", "{\"captoin\": \"x\"}", "{\"bpm\":"}) {
        write_bytes(file("request.json"), text);
        EXPECT_TRUE(refused(generate({"--from", "request.json", "--quiet"}), 2)) << text;
    }
    EXPECT_THAT(files(), ElementsAre("request.json"));
}

TEST_F(Inputs, ValuesOutOfRangeAreRefused) {
    const std::vector<std::vector<std::string>> cases{
        {"--bpm", "1000"},        {"--keyscale", "H sharp"}, {"--timesignature", "5"},
        {"--language", "tlh"},    {"--shift", "0"},          {"--sampler", "dpm"},
        {"--timesteps", "0.5,1"}, {"--method", "odd"},       {"--loudness", "20"}};
    for (std::vector<std::string> arguments : cases) {
        arguments.insert(arguments.end(), {"--duration", "5.2", "--quiet"});
        EXPECT_TRUE(refused(generate(arguments), 2)) << arguments.front();
    }
    EXPECT_THAT(files(), IsEmpty());
}

}  // namespace
}  // namespace acestep::tests
