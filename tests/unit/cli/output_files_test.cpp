#include "cli/output_files.h"

#include <fstream>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "support/temporary_directory.h"

namespace acestep::cli {
namespace {

namespace fs = std::filesystem;

class CliOutputFiles : public testing::Test {
protected:
    OutputOptions at(const std::string& name) const {
        return {.path = (folder_.path() / name).string()};
    }
    void touch(const std::string& name) const { std::ofstream(folder_.path() / name) << "x"; }
    bool folder_is_empty() const { return fs::is_empty(folder_.path()); }

    std::string audio_name(const OutputFiles& files, std::size_t song, const char* caption = "",
                           std::int64_t seed = 0) const {
        return files.of_song(song, caption, seed).audio.filename().string();
    }

    template <class Construct>
    ErrorCode error_of(Construct construct) const {
        try {
            construct();
        } catch (const Error& error) {
            return error.code();
        }
        ADD_FAILURE() << "nothing was thrown";
        return ErrorCode::internal;
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(CliOutputFiles, ExtensionDecidesTheFormat) {
    EXPECT_EQ(OutputFiles(at("a.mp3"), 1).format(), AudioFormat::mp3);
    EXPECT_EQ(OutputFiles(at("a.wav"), 1).format(), AudioFormat::wav16);
    EXPECT_TRUE(folder_is_empty());  // the test for writability left nothing
}

TEST_F(CliOutputFiles, FormatMayBeFinerThanTheExtension) {
    OutputOptions options = at("a.wav");
    options.format = AudioFormat::wav32f;
    EXPECT_EQ(OutputFiles(options, 1).format(), AudioFormat::wav32f);
    options.path = at("a.flac").path;
    EXPECT_EQ(error_of([&] { OutputFiles(options, 1); }), ErrorCode::invalid_request);
}

TEST_F(CliOutputFiles, NameWithoutExtensionGetsTheFormats) {
    EXPECT_EQ(audio_name(OutputFiles(at("a"), 1), 0), "a.flac");
    OutputOptions options = at("a");
    options.format = AudioFormat::opus;
    EXPECT_EQ(audio_name(OutputFiles(options, 1), 0), "a.opus");
}

TEST_F(CliOutputFiles, BatchIsNumberedFromOne) {
    const OutputFiles files(at("a.ogg"), 2);
    EXPECT_EQ(audio_name(files, 0), "a-1.ogg");
    EXPECT_EQ(audio_name(files, 1), "a-2.ogg");
    EXPECT_EQ(files.of_song(1, "", 0).sidecar->filename(), "a-2.json");
}

TEST_F(CliOutputFiles, LyricTimesLieBesideTheSongWhereTheyAreWanted) {
    OutputOptions options = at("a.flac");
    const SongFiles untimed = OutputFiles(options, 1).of_song(0, "", 0);
    EXPECT_FALSE(untimed.lrc || untimed.vtt);
    touch("a.lrc");
    EXPECT_EQ(error_of([&] { OutputFiles(options, 1, true); }), ErrorCode::invalid_request);
    options.vtt = true;
    const SongFiles timed = OutputFiles(options, 2, true).of_song(1, "", 0);
    EXPECT_EQ(timed.lrc->filename(), "a-2.lrc");
    EXPECT_EQ(timed.vtt->filename(), "a-2.vtt");
}

TEST_F(CliOutputFiles, ChosenNameThatExistsIsRefusedBeforehand) {
    touch("a.flac");
    touch("b-2.json");
    EXPECT_EQ(error_of([&] { OutputFiles(at("a.flac"), 1); }), ErrorCode::invalid_request);
    EXPECT_EQ(error_of([&] { OutputFiles(at("b.flac"), 2); }), ErrorCode::invalid_request);
    EXPECT_NO_THROW(OutputFiles(at("a.flac"), 2));  // writes a-1 and a-2

    OutputOptions forced = at("a.flac");
    forced.force = true;
    EXPECT_EQ(audio_name(OutputFiles(forced, 1), 0), "a.flac");

    OutputOptions without_sidecar = at("b.flac");
    without_sidecar.sidecar = false;
    EXPECT_FALSE(OutputFiles(without_sidecar, 2).of_song(0, "", 0).sidecar.has_value());
}

TEST_F(CliOutputFiles, MadeNameAvoidsWhatExists) {
    const OutputFiles files(OutputOptions{.path = folder_.path().string()}, 2);
    EXPECT_EQ(audio_name(files, 0, "Big Band!", 5), "big-band-5.flac");
    touch("big-band-5.json");
    EXPECT_EQ(audio_name(files, 0, "Big Band!", 5), "big-band-5-2.flac");
    touch("big-band-5-2.flac");
    EXPECT_EQ(audio_name(files, 0, "Big Band!", 5), "big-band-5-3.flac");
}

TEST_F(CliOutputFiles, WhereNothingCanBeWrittenIsUnavailable) {
    touch("file");
    fs::create_directory(folder_.path() / "taken.flac");
    EXPECT_EQ(error_of([&] { OutputFiles(at("file/a.flac"), 1); }), ErrorCode::unavailable);
    EXPECT_EQ(error_of([&] { OutputFiles(at("none/a.flac"), 1); }), ErrorCode::unavailable);
    EXPECT_EQ(error_of([&] { OutputFiles(at("none/"), 1); }), ErrorCode::unavailable);
}

TEST_F(CliOutputFiles, UnknownExtensionIsRefused) {
    EXPECT_EQ(error_of([&] { OutputFiles(at("a.doc"), 1); }), ErrorCode::invalid_request);
}

TEST(CliSlug, IsWordsOfTheCaption) {
    EXPECT_EQ(slug("Driving Techno: organ & drums!"), "driving-techno-organ-drums");
    EXPECT_EQ(slug(""), "song");
    EXPECT_EQ(slug("../../etc/passwd"), "etc-passwd");
    EXPECT_EQ(slug("!?\n"), "song");
}

TEST(CliSlug, IsCutBetweenLettersAndWithoutATrailingDash) {
    EXPECT_EQ(slug(std::string(39, 'a') + " b"), std::string(39, 'a'));
    std::string night;  // three bytes each: 13 fit into 40
    for (int i = 0; i < 20; ++i) night += "夜";
    EXPECT_EQ(slug(night).size(), 39u);
}

}  // namespace
}  // namespace acestep::cli
