#include "cli/flags/help_format.h"

#include <string>
#include <utility>

#include <CLI/CLI.hpp>

namespace acestep::cli {
namespace {

constexpr std::size_t flag_column_width = 34;

class HelpFormat : public CLI::Formatter {
public:
    std::string make_option_opts(const CLI::Option* option) const override {
        const bool takes_value = option->get_items_expected_max() > 0;
        return takes_value ? " " + option->get_type_name() : "";
    }

    std::string make_help(const CLI::App* command, std::string name,
                          CLI::AppFormatMode mode) const override {
        return CLI::detail::find_and_replace(Formatter::make_help(command, std::move(name), mode),
                                             "\n\n\n", "\n\n");
    }
};

}  // namespace

std::shared_ptr<CLI::Formatter> help_format() {
    const auto format = std::make_shared<HelpFormat>();
    format->column_width(flag_column_width);
    return format;
}

}  // namespace acestep::cli
