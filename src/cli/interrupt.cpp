#include "cli/interrupt.h"

#include <atomic>
#include <csignal>
#include <cstdlib>

#include "cli/exit_status.h"

namespace acestep::cli {
namespace {

// The one global that changes: a signal handler gets no argument but the signal's number.
std::atomic<CancelToken*> token_of_the_run{nullptr};
static_assert(std::atomic<CancelToken*>::is_always_lock_free, "needed inside a signal handler");

extern "C" void handle_signal(int number) {
    std::signal(number, handle_signal);  // some systems forget the handler when it is called
    CancelToken* const token = token_of_the_run.load(std::memory_order_relaxed);
    // Nothing is cleaned up: outputs appear under their names only when whole.
    if (token == nullptr || token->cancelled()) std::_Exit(status_cancelled);
    token->cancel();
}

void (*install(int number))(int) {
    const auto former = std::signal(number, handle_signal);
    if (former == SIG_IGN) std::signal(number, SIG_IGN);
    return former;
}

void restore(int number, void (*former)(int)) {
    std::signal(number, former == SIG_ERR ? SIG_DFL : former);
}

}  // namespace

InterruptGuard::InterruptGuard(CancelToken& token) {
    token_of_the_run.store(&token, std::memory_order_relaxed);
    former_interrupt_ = install(SIGINT);
    former_terminate_ = install(SIGTERM);
}

InterruptGuard::~InterruptGuard() {
    restore(SIGINT, former_interrupt_);
    restore(SIGTERM, former_terminate_);
    token_of_the_run.store(nullptr, std::memory_order_relaxed);
}

void ignore_closed_pipes() {
#if defined(SIGPIPE)
    std::signal(SIGPIPE, SIG_IGN);
#endif
}

}  // namespace acestep::cli
