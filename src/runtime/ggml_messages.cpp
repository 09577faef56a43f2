#include "runtime/ggml_messages.h"

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

#include "base/ascii.h"

namespace acestep::runtime {
namespace {

// A failing CUDA call is told in four lines.
constexpr std::size_t kept_lines = 4;

std::mutex mutex;
std::deque<std::string> errors;

void keep(ggml_log_level level, const char* text, void*) {
    if (level != GGML_LOG_LEVEL_ERROR) return;
    std::string line(trimmed(text));
    if (line.empty()) return;
    const std::lock_guard lock(mutex);
    errors.push_back(std::move(line));
    if (errors.size() > kept_lines) errors.pop_front();
}

/// Called by ggml instead of writing, before it would end the process.
[[noreturn]] void fail(const char* message) {
    std::string text;
    {
        const std::lock_guard lock(mutex);
        for (const std::string& error : errors) text += error + "; ";
        errors.clear();
    }
    throw GgmlFailure(text + message);
}

}  // namespace

void take_over_messages() {
    ggml_log_set(&keep, nullptr);
    static const bool once = [] {
        ggml_set_abort_callback(&fail);
        return true;
    }();
    (void)once;
}

void forget_errors() {
    const std::lock_guard lock(mutex);
    errors.clear();
}

bool tells_of_failure(ggml_log_level level, std::string_view text) {
    if (level == GGML_LOG_LEVEL_ERROR || level == GGML_LOG_LEVEL_WARN) return true;
    return level == GGML_LOG_LEVEL_INFO &&
           text.find("is not supported on this system") != std::string_view::npos;
}

}  // namespace acestep::runtime
