// How the readers of this folder refuse a file: one sentence that names it and what is wrong.
#pragma once

#include <string>

namespace acestep::checkpoint {

/// `problem` goes on after "FILE is damaged: ", such as "tensor a.weight has no dtype".
/// \throws Error{corrupt_file}, always
[[noreturn]] void fail_corrupt(const std::string& file, const std::string& problem);

/// For a file that may well be in order, but is of a kind that is not read here.
/// \throws Error{unsupported}, always
[[noreturn]] void fail_unsupported(const std::string& file, const std::string& problem,
                                   const std::string& hint);

}  // namespace acestep::checkpoint
