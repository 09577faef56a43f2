// Flags that are collected first and applied later.
//
// A command's options begin as defaults or as a request file's values, and flags replace them. So a
// flag does not write anywhere while the command line is read: it becomes an override, and the
// command applies all of them once it has the values they replace.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "cli/flags/values.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace acestep::cli {

/// A flag as given: its long name for messages and its values, at least one.
struct GivenFlag {
    std::string name;
    std::vector<std::string> values;

    const std::string& text() const { return values.front(); }
    double number() const { return cli::number(name, text()); }
    int integer(int lowest, int highest) const {
        return cli::integer(name, text(), lowest, highest);
    }
};

/// How often a flag may be given.
enum class Times { once, any };

/// Adds flag `names` ("-o,--output") with `count` values each time to the command. `seen` is called
/// while the command line is read, once, with all the values.
/// Misuse is reported as Error{invalid_request} in the program's words.
CLI::Option* add_flag_with_values(CLI::App& command, const std::string& names,
                                  const std::string& value_name, const std::string& help,
                                  std::function<void(const GivenFlag&)> seen, int count = 1,
                                  Times times = Times::once);

/// Adds a flag without a value.
CLI::Option* add_switch(CLI::App& command, const std::string& names, const std::string& help,
                        std::function<void()> seen);

/// Refuses a command line that has `flag` and any of the others.
void refuse_together(CLI::Option* flag, std::initializer_list<CLI::Option*> others);

}  // namespace acestep::cli
