// What ggml says and how it gives up. By itself it writes remarks to stderr and ends the process
// when something is wrong inside, such as a CUDA call that fails; a library must do neither.
#pragma once

#include <stdexcept>
#include <string_view>

#include <ggml.h>

namespace acestep::runtime {

/// Thrown through ggml where it would end the process: its last errors and where it was.
class GgmlFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// From now on remarks are dropped, errors kept for a while, and giving up throws.
void take_over_messages();

/// What ggml has said so far has nothing to do with what comes.
void forget_errors();

/// Whether a remark can be the reason why a module is of no use. What went well is none; that this
/// machine cannot run a module is one, although ggml says it as if it were information.
bool tells_of_failure(ggml_log_level level, std::string_view text);

}  // namespace acestep::runtime
