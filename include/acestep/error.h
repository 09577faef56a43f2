// Errors: the one exception type of the library.
//
// Everything that ends a request is reported as an acestep::Error. It carries a code chosen by what
// the caller can do next, one sentence for the user that names the offending thing and its value,
// and a hint of what to do. Nothing in the library prints or ends the process.
//
//     try {
//         engine.generate(request);
//     } catch (const acestep::Error& error) {
//         std::cerr << error.what() << '\n';  // message and hint in one line
//         if (error.code() == acestep::ErrorCode::out_of_memory) …
//     }
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace acestep {

enum class ErrorCode {
    invalid_request,  ///< a field of the request is wrong: change it
    not_found,        ///< a file or a checkpoint does not exist: check the path
    corrupt_file,     ///< a file is damaged or is not what it claims: replace it
    unsupported,      ///< valid, but not something this build or checkpoint can do
    out_of_memory,    ///< the device refused memory: ask for less
    cancelled,        ///< the caller asked to stop
    unavailable,      ///< a resource cannot be used now, such as an output that cannot be written
    internal,         ///< a defect of the library: report it
};

/// The code's name as it appears in JSON, such as "invalid_request".
std::string_view name(ErrorCode code);

class Error : public std::runtime_error {
public:
    /// `message` and `hint` are full sentences; `hint` may be empty.
    Error(ErrorCode code, std::string message, std::string hint = {});

    ErrorCode code() const { return code_; }
    const std::string& message() const { return message_; }
    const std::string& hint() const { return hint_; }

private:
    ErrorCode code_;
    std::string message_;
    std::string hint_;
};

}  // namespace acestep
