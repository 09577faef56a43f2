#include "cli/flags/flag_table.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "cli/texts.h"

namespace acestep::cli {
namespace {

// "-o,--output" is spoken of as "--output".
std::string spoken_name(const std::string& names) {
    const std::size_t comma = names.rfind(',');
    return comma == std::string::npos ? names : names.substr(comma + 1);
}

}  // namespace

CLI::Option* add_flag_with_values(CLI::App& command, const std::string& names,
                                  const std::string& value_name, const std::string& help,
                                  std::function<void(const GivenFlag&)> seen, int count,
                                  Times times) {
    const auto callback = [name = spoken_name(names), seen = std::move(seen), count,
                           times](const CLI::results_t& values) {
        const bool repeated = values.size() > static_cast<std::size_t>(count);
        if (repeated && times == Times::once) throw texts::given_twice(name);
        seen({name, values});
        return true;
    };
    return command.add_option(names, callback, help)
        ->type_name(value_name)
        ->expected(count)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
}

CLI::Option* add_switch(CLI::App& command, const std::string& names, const std::string& help,
                        std::function<void()> seen) {
    return command.add_flag_callback(names, std::move(seen), help);
}

void refuse_together(CLI::Option* flag, std::initializer_list<CLI::Option*> others) {
    for (CLI::Option* other : others) flag->excludes(other);
}

}  // namespace acestep::cli
