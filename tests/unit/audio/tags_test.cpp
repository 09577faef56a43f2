#include "audio/tags.h"

#include <memory>

#include <flacfile.h>
#include <gtest/gtest.h>
#include <id3v2tag.h>
#include <infotag.h>
#include <mpegfile.h>
#include <opusfile.h>
#include <tpropertymap.h>
#include <unsynchronizedlyricsframe.h>
#include <vorbisfile.h>
#include <wavfile.h>
#include <xiphcomment.h>

#include "support/temporary_directory.h"
#include "unit/audio/errors.h"
#include "unit/audio/signals.h"

namespace acestep::audio {
namespace {

using tests::fails_with;

const std::string lyrics = [] {
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += "[Verse " + std::to_string(i) + "]\nпесня 世界 🎵 ça va?\n\n";
    return text;
}();

const Tags song_tags = {
    {"TITLE", "A song"},
    {"ARTIST", "acestep"},
    {"COMMENT", "driving techno, 128 bpm\nsecond line"},
    {"BPM", "128"},
    {"INITIALKEY", "F#m"},
    {"LYRICS", lyrics},
    {"LANGUAGE", "rus"},
    {"DATE", "2026"},
    {"ACESTEP_PARAMETERS", "{\"seed\": 42}"},
    {"MODEL NAME", "turbo"},
};

class WrittenTags : public ::testing::Test {
protected:
    void write(AudioFormat format, const Tags& tags) {
        path_ = directory_.path() / ("song" + std::string(extension(format)));
        write_audio(tests::two_tones(48000, 20000), path_, {.format = format, .tags = tags});
    }
    std::unique_ptr<TagLib::File> open() const {
        const std::string ending = path_.extension().string();
        const char* name = path_.c_str();
        if (ending == ".wav") return std::make_unique<TagLib::RIFF::WAV::File>(name);
        if (ending == ".flac") return std::make_unique<TagLib::FLAC::File>(name);
        if (ending == ".mp3") return std::make_unique<TagLib::MPEG::File>(name);
        if (ending == ".ogg") return std::make_unique<TagLib::Vorbis::File>(name);
        return std::make_unique<TagLib::Ogg::Opus::File>(name);
    }
    std::string value(const std::string& name) const {
        const auto file = open();
        return file->properties()[name].toString("|").to8Bit(true);
    }

    tests::TemporaryDirectory directory_;
    std::filesystem::path path_;
};

TEST_F(WrittenTags, CanBeReadFromEveryFormat) {
    for (const AudioFormat format :
         {AudioFormat::wav16, AudioFormat::wav24, AudioFormat::wav32f, AudioFormat::flac,
          AudioFormat::mp3, AudioFormat::ogg, AudioFormat::opus}) {
        write(format, song_tags);
        for (const auto& [tag, text] : song_tags)
            EXPECT_EQ(value(tag), text) << name(format) << " " << tag;
        EXPECT_GE(read_audio(path_).samples(), 20000) << name(format);
    }
}

TEST_F(WrittenTags, LeaveTheSamplesAlone) {
    for (const AudioFormat format : {AudioFormat::wav16, AudioFormat::flac, AudioFormat::mp3,
                                     AudioFormat::ogg, AudioFormat::opus}) {
        write(format, {});
        const Waveform bare = read_audio(path_);
        write(format, song_tags);
        EXPECT_EQ(read_audio(path_).channels, bare.channels) << name(format);
    }
}

TEST_F(WrittenTags, UseTheFramesThatPlayersLookForInMp3) {
    write(AudioFormat::mp3, song_tags);
    TagLib::MPEG::File file(path_.c_str());
    ASSERT_TRUE(file.hasID3v2Tag());
    EXPECT_FALSE(file.hasID3v1Tag());
    EXPECT_FALSE(file.hasAPETag());
    const auto& frames = file.ID3v2Tag()->frameListMap();
    EXPECT_EQ(file.ID3v2Tag()->header()->majorVersion(), 4u);
    for (const char* id : {"TIT2", "TPE1", "COMM", "TBPM", "TKEY", "USLT", "TLAN", "TXXX"})
        EXPECT_FALSE(frames[id].isEmpty()) << id;
    const auto* text =
        dynamic_cast<TagLib::ID3v2::UnsynchronizedLyricsFrame*>(frames["USLT"].front());
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(text->text().to8Bit(true), lyrics);
}

TEST_F(WrittenTags, UseBothKindsOfTagsInWav) {
    write(AudioFormat::wav16, song_tags);
    TagLib::RIFF::WAV::File file(path_.c_str());
    ASSERT_TRUE(file.hasInfoTag());
    ASSERT_TRUE(file.hasID3v2Tag());
    EXPECT_EQ(file.InfoTag()->title().to8Bit(true), "A song");
    EXPECT_EQ(file.InfoTag()->artist().to8Bit(true), "acestep");
    EXPECT_EQ(file.InfoTag()->comment().to8Bit(true), song_tags.at("COMMENT"));
    EXPECT_EQ(file.ID3v2Tag()->title().to8Bit(true), "A song");
}

TEST_F(WrittenTags, AreCleaned) {
    using namespace std::string_literals;
    for (const AudioFormat format : {AudioFormat::wav16, AudioFormat::flac, AudioFormat::mp3,
                                     AudioFormat::ogg, AudioFormat::opus}) {
        write(format, {{"title", "a\0b\x07 c\r\nd\te"s}, {"COMMENT", "\x01"s}});
        EXPECT_EQ(value("TITLE"), "ab c\nd\te") << name(format);
        EXPECT_EQ(value("COMMENT"), "") << name(format);
    }
}

TEST(CheckedTags, HaveNamesInUpperCaseAndNoEmptyValues) {
    EXPECT_EQ(checked_tags({{"title", "x"}, {"Empty", ""}}), (Tags{{"TITLE", "x"}}));
}

TEST(CheckedTags, RefuseNamesThatVorbisCommentsDoNotHave) {
    for (const char* bad : {"", "A=B", "tïtle", "A\nB", "~"}) {
        EXPECT_TRUE(fails_with(ErrorCode::invalid_request, "cannot be the name of a tag", [&] {
            checked_tags({{bad, "x"}});
        }));
    }
}

TEST(CheckedTags, RefuseTheSameNameTwice) {
    EXPECT_TRUE(fails_with(ErrorCode::invalid_request, "TITLE is given twice", [] {
        checked_tags({{"title", "a"}, {"TITLE", "b"}});
    }));
}

TEST(CheckedTags, RefuseMoreThanAMebibyte) {
    EXPECT_NO_THROW(checked_tags({{"LYRICS", std::string((1 << 20) - 6, 'x')}}));
    EXPECT_TRUE(fails_with(ErrorCode::invalid_request, "at most 1048576", [] {
        checked_tags({{"LYRICS", std::string((1 << 20) - 5, 'x')}});
    }));
}

}  // namespace
}  // namespace acestep::audio
