// The program `acestep` in a fresh folder: run it, look at what it leaves there.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "acestep/audio.h"
#include "support/process.h"
#include "support/temporary_directory.h"

namespace acestep::tests {

inline const std::filesystem::path demo_checkpoints = ACESTEP_DEMO_CHECKPOINTS;

/// As short as a song can nearly be (the networks want 128 frames, 5.12 s), for tests that are not
/// about length.
inline constexpr double short_song_seconds = 5.2;

class AcestepProgram : public testing::Test {
protected:
    std::filesystem::path folder() const { return directory_.path(); }
    /// A path in the test's folder.
    std::filesystem::path file(const std::string& name) const { return folder() / name; }

    /// Runs `acestep ARGUMENTS` in the test's folder.
    ProcessResult run(const std::vector<std::string>& arguments, ProcessOptions options = {}) const;
    /// `acestep generate ARGUMENTS` with the demo checkpoints.
    ProcessResult generate(std::vector<std::string> arguments, ProcessOptions options = {}) const;
    /// A short song from its texts alone, with `arguments`; expects success.
    ProcessResult make_short_song(std::vector<std::string> arguments) const;
    /// `acestep generate ARGUMENTS`, still running.
    std::unique_ptr<Process> start(std::vector<std::string> arguments) const;

    /// Names of all files in the test's folder, sorted.
    std::vector<std::string> files() const;

    /// Writes six seconds of stereo at 48 kHz, a beat of two notes, as 32-bit float.
    std::filesystem::path write_source(const std::string& name = "source.wav") const;

private:
    std::vector<std::string> generate_words(std::vector<std::string> arguments) const;

    TemporaryDirectory directory_;
};

/// Stereo music of a kind: two notes in turns with a beat of four a second.
Waveform beat(double seconds, int sample_rate = 48000);

void write_bytes(const std::filesystem::path& path, const std::string& bytes);
std::string read_bytes(const std::filesystem::path& path);

/// Whether the program ended with `status` and exactly one line, "acestep: …", on the standard
/// error stream. Progress lines count: run with --quiet.
testing::AssertionResult refused(const ProcessResult& result, int status);

}  // namespace acestep::tests
