#include "cli/exit_status.h"

namespace acestep::cli {

int exit_status(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_request:
        case ErrorCode::not_found:
        case ErrorCode::corrupt_file:
        case ErrorCode::unsupported: return status_refused;
        case ErrorCode::cancelled: return status_cancelled;
        case ErrorCode::out_of_memory:
        case ErrorCode::unavailable:
        case ErrorCode::internal: return status_failed;
    }
    return status_failed;
}

}  // namespace acestep::cli
