#include "acestep/error.h"

#include <utility>

namespace acestep {

std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_request: return "invalid_request";
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::corrupt_file: return "corrupt_file";
        case ErrorCode::unsupported: return "unsupported";
        case ErrorCode::out_of_memory: return "out_of_memory";
        case ErrorCode::cancelled: return "cancelled";
        case ErrorCode::unavailable: return "unavailable";
        case ErrorCode::internal: return "internal";
    }
    return "internal";
}

Error::Error(ErrorCode code, std::string message, std::string hint)
    : std::runtime_error(hint.empty() ? message : message + " " + hint),
      code_(code),
      message_(std::move(message)),
      hint_(std::move(hint)) {}

}  // namespace acestep
