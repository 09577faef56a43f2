#include "acestep_program.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace acestep::tests {

namespace fs = std::filesystem;

ProcessResult AcestepProgram::run(const std::vector<std::string>& arguments,
                                  ProcessOptions options) const {
    if (options.working_directory.empty()) options.working_directory = folder();
    return run_program(ACESTEP_PROGRAM, arguments, std::move(options));
}

std::vector<std::string> AcestepProgram::generate_words(std::vector<std::string> arguments) const {
    const std::vector<std::string> first{"generate", "--checkpoints", demo_checkpoints.string()};
    arguments.insert(arguments.begin(), first.begin(), first.end());
    return arguments;
}

ProcessResult AcestepProgram::generate(std::vector<std::string> arguments,
                                       ProcessOptions options) const {
    return run(generate_words(std::move(arguments)), std::move(options));
}

ProcessResult AcestepProgram::make_short_song(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(),
                     {"--duration", fmt::format("{}", short_song_seconds), "--thinking", "off"});
    ProcessResult result = generate(std::move(arguments));
    EXPECT_EQ(result.status, 0) << result.err;
    return result;
}

std::unique_ptr<Process> AcestepProgram::start(std::vector<std::string> arguments) const {
    return std::make_unique<Process>(ACESTEP_PROGRAM, generate_words(std::move(arguments)),
                                     ProcessOptions{.working_directory = folder()});
}

std::vector<std::string> AcestepProgram::files() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder()))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

fs::path AcestepProgram::write_source(const std::string& name) const {
    write_audio(beat(6), file(name), {.format = AudioFormat::wav32f});
    return file(name);
}

Waveform beat(double seconds, int sample_rate) {
    constexpr double pi = 3.14159265358979, beats_a_second = 4, low_hertz = 200, high_hertz = 300;
    Waveform waveform{.sample_rate = sample_rate, .channels = {{}, {}}};
    const auto samples = static_cast<std::int64_t>(seconds * sample_rate);
    for (std::int64_t i = 0; i < samples; ++i) {
        const double second = static_cast<double>(i) / sample_rate;
        const double in_beat = second * beats_a_second - std::floor(second * beats_a_second);
        const double hertz = static_cast<std::int64_t>(second) % 2 == 0 ? low_hertz : high_hertz;
        const double sample = 0.5 * std::exp(-4 * in_beat) * std::sin(2 * pi * hertz * second);
        for (auto& channel : waveform.channels) channel.push_back(static_cast<float>(sample));
    }
    return waveform;
}

void write_bytes(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_bytes(const fs::path& path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
}

testing::AssertionResult refused(const ProcessResult& result, int status) {
    const auto lines = std::count(result.err.begin(), result.err.end(), '\n');
    const bool one_line = lines == 1 && result.err.ends_with('\n');
    if (result.status == status && one_line && result.err.starts_with("acestep: "))
        return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << "status " << result.status << ", signal " << result.signal << ", " << lines
           << " lines of errors: " << result.err.substr(0, 2000);
}

}  // namespace acestep::tests
