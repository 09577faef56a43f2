// The flags of one command: declared in sections, collected, and applied to its options.
//
// The files *_flags.h have the flags that commands share, one file for each subject; a command
// takes the sections it needs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/codes.h"
#include "cli/flags/command_options.h"
#include "cli/flags/flag_table.h"

namespace acestep::cli {

using Override = std::function<void(CommandOptions&)>;
using Apply = std::function<void(CommandOptions&, const GivenFlag&)>;

/// One section of the help. Its flags become overrides, because flags are read before the request
/// file that they override.
class FlagSection {
public:
    FlagSection(CLI::App& command, std::vector<Override>& overrides, std::string title)
        : command_(command), overrides_(overrides), title_(std::move(title)) {}

    /// A name without dashes is a word that needs no flag.
    CLI::Option* flag(const std::string& names, const std::string& value_name, Apply apply,
                      const std::string& help, int count = 1, Times times = Times::once);
    CLI::Option* toggle(const std::string& names, Override apply, const std::string& help);

private:
    CLI::App& command_;
    std::vector<Override>& overrides_;
    std::string title_;
};

class CommandFlags {
public:
    explicit CommandFlags(CLI::App& command) : command_(command) {}
    CommandFlags(const CommandFlags&) = delete;
    CommandFlags& operator=(const CommandFlags&) = delete;

    FlagSection section(const char* title) { return {command_, overrides_, title}; }
    /// What the command does without flags.
    CommandOptions& defaults() { return defaults_; }

    /// --request
    void add_request_file(const char* title);
    /// --from and --repaint-start
    void add_from(const char* title);
    /// --codes
    void add_codes(const char* title, const std::string& help);
    void add_json(const char* title);
    /// --env-file
    void add_env_file(const char* title);
    /// --tiers
    void add_tiers_file(const char* title);

    /// Whether errors, too, are to be told as JSON; known as soon as the command line is read.
    bool json() const { return json_; }

    /// After the command line is read: request file first, the environment and the .env file on
    /// top, then flags, then what the codes bring with them; audio paths made absolute so that a
    /// sidecar works from any folder. \throws Error
    CommandOptions options() const;

private:
    void take_environment(CommandOptions& options) const;
    void set_request_file(const std::string& flag, const std::string& path);

    CLI::App& command_;
    CommandOptions defaults_;
    std::string request_file_;
    std::string env_file_;  ///< blank: the one of the current folder, if there is one
    std::string tiers_file_;
    std::vector<Override> overrides_;
    GivenFlag codes_;  ///< no values: not given
    bool json_ = false;
};

// What most flags do: put their one value into one field of the request.

template <class Number>
Apply number_into(Number SongRequest::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.request.*field = flag.number();
    };
}

Apply text_into(std::string SongRequest::*field);
/// "@FILE" is the file's text.
Apply text_or_file_into(std::string SongRequest::*field);
Apply path_into(std::filesystem::path SongRequest::*field);
Apply integer_into(std::optional<int> SongRequest::*field, int lowest, int highest);
/// One seed, −1 for a random one.
Apply seed_into(std::optional<std::int64_t> SongRequest::*field);

}  // namespace acestep::cli
