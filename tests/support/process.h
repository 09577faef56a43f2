// Runs a program as a user does: words, a folder to stand in, standard streams, signals, status.
// The operating system's calls for it (POSIX) are in process.cpp only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acestep::tests {

struct ProcessOptions {
    std::filesystem::path working_directory;  ///< blank: that of the test
    std::string standard_input;
    /// Variables set on top of the test's own environment.
    std::vector<std::pair<std::string, std::string>> environment;
};

struct ProcessResult {
    int status = -1;  ///< exit status; −1 when a signal ended the program
    int signal = 0;   ///< the signal that ended it, else 0
    std::string out;  ///< standard output
    std::string err;  ///< standard error
};

/// A running program. It is killed when a Process is destroyed before wait().
class Process {
public:
    /// \throws std::system_error when there is no such program or no process can be made.
    Process(const std::filesystem::path& program, const std::vector<std::string>& arguments,
            ProcessOptions options = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Waits until the standard error stream contains `text`; false when the program ends without.
    bool wait_for_error_text(std::string_view text);
    /// What Ctrl-C in a terminal sends.
    void interrupt();
    /// What a service manager sends.
    void terminate();
    ProcessResult wait();

private:
    bool pump();  // moves what is ready through the pipes; false when both outputs are closed
    void send(int signal_number);

    int process_id_ = -1;
    int input_ = -1, output_ = -1, error_ = -1;  // our ends of its pipes; −1: closed
    std::string pending_input_;
    ProcessResult result_;
};

/// Runs a program to its end.
ProcessResult run_program(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments, ProcessOptions options = {});

}  // namespace acestep::tests
