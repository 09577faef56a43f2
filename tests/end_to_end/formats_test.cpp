// Every format the program writes can be read again, is as long as asked for and says what it is.
#include <gmock/gmock.h>

#include <taglib/fileref.h>
#include <taglib/tag.h>

#include "acestep_program.h"

namespace acestep::tests {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

struct Written {
    const char* format;
    const char* file;
    double tolerance_seconds;  // lossy formats work in blocks
};

class Format : public AcestepProgram, public testing::WithParamInterface<Written> {};

TEST_P(Format, IsReadableAsLongAsAskedForAndTagged) {
    const std::string caption = "calm ambient with warm pad";
    make_short_song({"--caption", caption, "--seed", "11", "--format", GetParam().format, "-o",
                     GetParam().file});
    EXPECT_THAT(files(), UnorderedElementsAre("song.json", GetParam().file));

    const Waveform waveform = read_audio(file(GetParam().file));
    EXPECT_EQ(waveform.sample_rate, 48000);
    EXPECT_EQ(waveform.channels.size(), 2u);
    EXPECT_NEAR(waveform.duration_seconds(), short_song_seconds, GetParam().tolerance_seconds);
    EXPECT_GT(measure_loudness(waveform).peak_db, -20);

    const TagLib::FileRef tagged(file(GetParam().file).c_str());
    ASSERT_FALSE(tagged.isNull());
    EXPECT_EQ(tagged.tag()->title().to8Bit(true), caption);
    EXPECT_THAT(tagged.tag()->comment().to8Bit(true), HasSubstr("\"seeds\""));
}

INSTANTIATE_TEST_SUITE_P(
    Of, Format,
    testing::Values(Written{"wav16", "song.wav", 0}, Written{"wav24", "song.wav", 0},
                    Written{"wav32f", "song.wav", 0}, Written{"flac", "song.flac", 0},
                    Written{"mp3", "song.mp3", 0.1}, Written{"ogg", "song.ogg", 0.1},
                    Written{"opus", "song.opus", 0.1}),
    [](const auto& instance) { return instance.param.format; });

}  // namespace
}  // namespace acestep::tests
