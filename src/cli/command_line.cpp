#include "cli/command_line.h"

#include <iostream>
#include <new>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "acestep/version.h"
#include "cli/checkpoints_folder.h"
#include "cli/exit_status.h"
#include "cli/flag_table.h"
#include "cli/generate.h"
#include "cli/generate_flags.h"
#include "cli/help_format.h"
#include "cli/models_inspect.h"
#include "cli/models_list.h"
#include "cli/report.h"
#include "cli/suggestion.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

// The commands with their flags. What they read lies beside them.
struct Commands {
    CLI::App program{texts::program_description, "acestep"};
    CLI::App& generate = *program.add_subcommand("generate", texts::generate_description);
    GenerateFlags generate_flags{generate};
    CLI::App& models = *program.add_subcommand("models", texts::models_description);
    CLI::App& list = *models.add_subcommand("list", texts::models_list_description);
    CLI::App& inspect = *models.add_subcommand("inspect", texts::models_inspect_description);
    std::string checkpoints, inspected, filter;
    bool json = false;  ///< of list or inspect

    Commands();
    Commands(const Commands&) = delete;
    Commands& operator=(const Commands&) = delete;

    bool wants_json() const { return json || generate_flags.json(); }
    /// The innermost command that was named.
    const CLI::App& chosen() const;
};

void set_common(CLI::App& command) {
    command.set_help_flag("-h,--help", "show this help");
    command.formatter(help_format());
    // What is left over is looked at in `refuse_leftovers`, which knows better what to say.
    command.allow_extras();
}

Commands::Commands() {
    for (CLI::App* command : {&program, &generate, &models, &list, &inspect}) set_common(*command);
    program.set_version_flag("--version", fmt::format("acestep {}", version()), "show the version");
    program.footer(texts::program_footer);
    generate.footer(texts::generate_footer);

    add_flag_with_values(list, "--checkpoints", "FOLDER",
                         "$ACESTEP_CHECKPOINTS_DIR, else ./checkpoints, else\n./checkpoints/demo",
                         [this](const GivenFlag& flag) { checkpoints = flag.text(); });
    add_flag_with_values(inspect, "path", "FILE|FOLDER",
                         "weight file (safetensors, GGUF, torch zip), or a folder with one",
                         [this](const GivenFlag& flag) { inspected = flag.text(); });
    add_flag_with_values(inspect, "--filter", "TEXT", "only tensors whose name contains it",
                         [this](const GivenFlag& flag) { filter = flag.text(); });
    for (CLI::App* command : {&list, &inspect})
        add_switch(*command, "--json", "as JSON", [this] { json = true; });
}

const CLI::App& Commands::chosen() const {
    const CLI::App* command = &program;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
    return *command;
}

std::string full_name(const CLI::App& command) {
    const CLI::App* const parent = command.get_parent();
    return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

std::vector<std::string> flags_of(const CLI::App& command) {
    std::vector<std::string> flags;
    for (const CLI::Option* option : command.get_options())
        for (const std::string& flag : option->get_lnames()) flags.push_back("--" + flag);
    return flags;
}

std::vector<std::string> commands_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* subcommand : command.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(subcommand->get_name());
    return names;
}

void refuse_leftovers(const CLI::App& command) {
    const std::vector<std::string> left = command.remaining();
    if (left.empty()) return;
    const std::string& word = left.front();
    if (word.starts_with("-") && word.size() > 1) {
        const std::string flag = word.substr(0, word.find('='));
        throw texts::unknown_flag(flag, nearest(flag, flags_of(command)), full_name(command));
    }
    const std::vector<std::string> names = commands_of(command);
    if (!names.empty()) throw texts::unknown_command(word, nearest(word, names));
    throw texts::unexpected_word(word, full_name(command));
}

// CLI11's own sentences begin with the flag's name and have no place for a hint.
Error usage_error(const CLI::ParseError& error) {
    const std::string text = error.what();
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
        return texts::value_missing(text.substr(0, text.find(':')));
    if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
        const std::string between = " excludes ";
        const std::size_t at = text.find(between);
        if (at != std::string::npos)
            return texts::not_together(text.substr(0, at), text.substr(at + between.size()));
    }
    return texts::bad_usage(text);
}

// CLI11 takes the next word for the value of "--caption="; blank is what it says.
std::vector<std::string> reversed_words(const std::vector<std::string>& arguments) {
    std::vector<std::string> words;
    for (const std::string& argument : arguments) {
        const bool blank_value = argument.starts_with("--") && argument.ends_with("=") &&
                                 argument.find('=') == argument.size() - 1;
        words.push_back(blank_value ? argument.substr(0, argument.size() - 1) : argument);
        if (blank_value) words.emplace_back();
    }
    return {words.rbegin(), words.rend()};
}

void execute(const Commands& commands) {
    const CLI::App& chosen = commands.chosen();
    refuse_leftovers(commands.program);
    for (const CLI::App* command :
         {&commands.generate, &commands.models, &commands.list, &commands.inspect})
        refuse_leftovers(*command);
    if (&chosen == &commands.generate) {
        generate(commands.generate_flags.options());
    } else if (&chosen == &commands.list) {
        list_models(checkpoints_folder(commands.checkpoints), commands.json);
    } else if (&chosen == &commands.inspect) {
        if (commands.inspected.empty())
            throw texts::argument_required("a weight file or a folder", full_name(chosen));
        inspect_model(commands.inspected, commands.filter, commands.json);
    } else {
        std::cout << commands.program.help();
    }
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
    Commands commands;
    const auto fail = [&commands](const Error& error) {
        std::cerr << texts::error_line(error) << std::endl;
        if (commands.wants_json()) std::cout << as_json(error) << std::flush;
        return exit_status(error.code());
    };
    try {
        std::vector<std::string> words = reversed_words(arguments);
        commands.program.parse(words);
        execute(commands);
        return status_ok;
    } catch (const CLI::CallForHelp&) {
        std::cout << commands.program.help();
        return status_ok;
    } catch (const CLI::CallForVersion& version_line) {
        std::cout << version_line.what() << '\n';
        return status_ok;
    } catch (const CLI::ParseError& error) {
        return fail(usage_error(error));
    } catch (const Error& error) {
        return fail(error);
    } catch (const std::bad_alloc&) {
        return fail(texts::out_of_memory());
    } catch (const std::exception& error) {
        return fail(texts::internal(error.what()));
    }
}

}  // namespace acestep::cli
