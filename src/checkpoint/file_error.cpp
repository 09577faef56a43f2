#include "checkpoint/file_error.h"

#include <fmt/format.h>

#include "acestep/error.h"

namespace acestep::checkpoint {

void fail_corrupt(const std::string& file, const std::string& problem) {
    throw Error(ErrorCode::corrupt_file, fmt::format("{} is damaged: {}.", file, problem),
                "Download or copy it again.");
}

void fail_unsupported(const std::string& file, const std::string& problem,
                      const std::string& hint) {
    throw Error(ErrorCode::unsupported, fmt::format("{} cannot be used: {}.", file, problem), hint);
}

}  // namespace acestep::checkpoint
