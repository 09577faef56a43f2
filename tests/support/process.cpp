#include "support/process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace acestep::tests {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
    int read_end = -1, write_end = -1;
};

// Closed on exec, so that a program started meanwhile by another thread does not hold it open.
Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
    return {ends[0], ends[1]};
}

void close_end(int& descriptor) {
    if (descriptor >= 0) close(descriptor);
    descriptor = -1;
}

std::vector<char*> word_pointers(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& changes) {
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string text = *variable;
        bool replaced = false;
        for (const auto& [name, value] : changes) replaced |= text.starts_with(name + "=");
        if (!replaced) variables.push_back(text);
    }
    for (const auto& [name, value] : changes) variables.push_back(name + "=" + value);
    return variables;
}

// Reads what is there; closes at the end of the stream.
void drain(int& descriptor, std::string& into) {
    std::array<char, 4096> buffer{};
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count > 0) into.append(buffer.data(), static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) close_end(descriptor);
}

}  // namespace

Process::Process(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                 ProcessOptions options)
    : pending_input_(std::move(options.standard_input)) {
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const std::vector<char*> word_list = word_pointers(words);
    std::vector<std::string> variables = environment_with(options.environment);
    const std::vector<char*> variable_list = word_pointers(variables);
    const std::string executable = std::filesystem::absolute(program).string();
    const std::string folder = options.working_directory.string();

    Pipe in = make_pipe(), out = make_pipe(), err = make_pipe(), failure = make_pipe();
    process_id_ = fork();
    if (process_id_ < 0) fail("fork");
    if (process_id_ == 0) {
        // Only async-signal-safe calls from here on. A runner in the background ignores SIGINT, and
        // a program inherits that; here it is meant to hear it.
        for (const int number : {SIGINT, SIGTERM, SIGPIPE}) std::signal(number, SIG_DFL);
        const bool ready = dup2(in.read_end, 0) == 0 && dup2(out.write_end, 1) == 1 &&
                           dup2(err.write_end, 2) == 2 &&
                           (folder.empty() || chdir(folder.c_str()) == 0);
        if (ready) execve(executable.c_str(), word_list.data(), variable_list.data());
        const int error = errno;
        [[maybe_unused]] const ssize_t told = write(failure.write_end, &error, sizeof error);
        _exit(127);
    }
    for (int* end : {&in.read_end, &out.write_end, &err.write_end, &failure.write_end})
        close_end(*end);
    input_ = in.write_end;
    output_ = out.read_end;
    error_ = err.read_end;
    fcntl(input_, F_SETFL, O_NONBLOCK);
    int error = 0;
    const bool failed = read(failure.read_end, &error, sizeof error) == sizeof error;
    close_end(failure.read_end);
    if (failed) {
        wait();
        throw std::system_error(error, std::generic_category(), executable);
    }
}

Process::~Process() {
    if (process_id_ > 0) {
        send(SIGKILL);
        wait();
    }
}

bool Process::pump() {
    if (pending_input_.empty()) close_end(input_);
    std::array<pollfd, 3> waits{{{input_, POLLOUT, 0}, {output_, POLLIN, 0}, {error_, POLLIN, 0}}};
    if (output_ < 0 && error_ < 0) return false;
    if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) fail("poll");
    if (waits[1].revents != 0) drain(output_, result_.out);
    if (waits[2].revents != 0) drain(error_, result_.err);
    if (waits[0].revents != 0) {
        // A program that does not read its input would end us by SIGPIPE.
        const auto former = std::signal(SIGPIPE, SIG_IGN);
        const ssize_t count = write(input_, pending_input_.data(), pending_input_.size());
        std::signal(SIGPIPE, former);
        if (count > 0) pending_input_.erase(0, static_cast<std::size_t>(count));
        if (count < 0 && errno != EINTR && errno != EAGAIN) pending_input_.clear();
    }
    return true;
}

bool Process::wait_for_error_text(std::string_view text) {
    while (result_.err.find(text) == std::string::npos)
        if (!pump()) return false;
    return true;
}

void Process::send(int signal_number) {
    if (process_id_ > 0) kill(process_id_, signal_number);
}

void Process::interrupt() {
    send(SIGINT);
}

void Process::terminate() {
    send(SIGTERM);
}

ProcessResult Process::wait() {
    while (pump()) {
    }
    int status = 0;
    while (waitpid(process_id_, &status, 0) < 0)
        if (errno != EINTR) fail("waitpid");
    process_id_ = -1;
    close_end(input_);
    if (WIFEXITED(status)) result_.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
    return std::move(result_);
}

ProcessResult run_program(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments, ProcessOptions options) {
    return Process(program, arguments, std::move(options)).wait();
}

}  // namespace acestep::tests
