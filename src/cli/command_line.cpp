#include "cli/command_line.h"

#include <algorithm>
#include <deque>
#include <iostream>
#include <new>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "acestep/version.h"
#include "cli/commands/bench.h"
#include "cli/commands/check_gpu.h"
#include "cli/commands/compose.h"
#include "cli/commands/format.h"
#include "cli/commands/generate.h"
#include "cli/commands/inspire.h"
#include "cli/commands/models_convert.h"
#include "cli/commands/models_inspect.h"
#include "cli/commands/models_list.h"
#include "cli/commands/plan.h"
#include "cli/commands/score.h"
#include "cli/commands/tiers.h"
#include "cli/commands/understand.h"
#include "cli/exit_status.h"
#include "cli/flags/checkpoints_folder.h"
#include "cli/flags/command_flags.h"
#include "cli/flags/flag_table.h"
#include "cli/flags/generate_flags.h"
#include "cli/flags/help_format.h"
#include "cli/flags/suggestion.h"
#include "cli/reports/report.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

// A command that works with an engine: its flags, and what it does with them.
struct EngineCommand {
    EngineCommand(CLI::App& command, void (*add_flags)(CommandFlags&),
                  void (*action)(const CommandOptions&))
        : app(command), flags(command), execute(action) {
        add_flags(flags);
    }

    CLI::App& app;
    CommandFlags flags;
    void (*execute)(const CommandOptions&);
};

using EngineCommands = std::deque<EngineCommand>;  // which stay where they are

EngineCommands engine_commands(CLI::App& program) {
    EngineCommands commands;
    const auto add = [&](const char* name, const char* description, const char* footer,
                         auto add_flags, auto action) {
        CLI::App& command = *program.add_subcommand(name, description);
        command.footer(footer);
        commands.emplace_back(command, add_flags, action);
    };
    add("generate", texts::generate_description, texts::generate_footer, add_generate_flags,
        generate);
    add("compose", texts::compose_description, texts::compose_footer, add_compose_flags, compose);
    add("understand", texts::understand_description, texts::understand_footer, add_understand_flags,
        understand);
    add("inspire", texts::inspire_description, texts::inspire_footer, add_inspire_flags, inspire);
    add("format", texts::format_description, texts::format_footer, add_format_flags, format);
    add("score", texts::score_description, texts::score_footer, add_score_flags, score);
    add("bench", texts::bench_description, texts::bench_footer, add_bench_flags, bench);
    add("plan", texts::plan_description, texts::plan_footer, add_plan_flags, plan);
    return commands;
}

// All commands with their flags, in the order of the help. What `models` reads lies beside it.
struct Commands {
    CLI::App program{texts::program_description, "acestep"};
    EngineCommands with_engine = engine_commands(program);
    CLI::App& tiers = *program.add_subcommand("tiers", texts::tiers_description);
    CLI::App& models = *program.add_subcommand("models", texts::models_description);
    CLI::App& list = *models.add_subcommand("list", texts::models_list_description);
    CLI::App& inspect = *models.add_subcommand("inspect", texts::models_inspect_description);
    CLI::App& convert = *models.add_subcommand("convert", texts::models_convert_description);
    ConvertCommand conversion;
    CLI::App& gpu_check = *program.add_subcommand("check-gpu", texts::check_gpu_description);
    CheckGpuCommand gpu_checking;
    TiersCommand shown_tiers;
    std::string checkpoints, inspected, filter;
    bool json = false;  ///< of list or inspect

    Commands();
    Commands(const Commands&) = delete;
    Commands& operator=(const Commands&) = delete;

    bool wants_json() const;
    /// The innermost command that was named.
    const CLI::App& chosen() const;
    std::vector<CLI::App*> all();
};

void set_common(CLI::App& command) {
    command.set_help_flag("-h,--help", "show this help");
    command.formatter(help_format());
    // What is left over is looked at in `refuse_leftovers`, which knows better what to say.
    command.allow_extras();
}

Commands::Commands() {
    for (CLI::App* command : all()) set_common(*command);
    program.set_version_flag("--version", fmt::format("acestep {}", version()), "show the version");
    program.footer(texts::program_footer);
    // Words behind a command are its own, even those that are names of commands.
    program.require_subcommand(0, 1);

    add_flag_with_values(list, "--checkpoints", "FOLDER",
                         "$ACESTEP_CHECKPOINTS_DIR, else ./checkpoints, else\n./checkpoints/demo",
                         [this](const GivenFlag& flag) { checkpoints = flag.text(); });
    add_flag_with_values(inspect, "path", "FILE|FOLDER",
                         "weight file (safetensors, GGUF, torch zip), or a folder with one",
                         [this](const GivenFlag& flag) { inspected = flag.text(); });
    add_flag_with_values(inspect, "--filter", "TEXT", "only tensors whose name contains it",
                         [this](const GivenFlag& flag) { filter = flag.text(); });
    add_convert_flags(convert, conversion);
    convert.footer(texts::models_convert_footer);
    add_check_gpu_flags(gpu_check, gpu_checking);
    gpu_check.footer(texts::check_gpu_footer);
    add_tiers_flags(tiers, shown_tiers);
    tiers.footer(texts::tiers_footer);
    for (CLI::App* command : {&list, &inspect})
        add_switch(*command, "--json", "as JSON", [this] { json = true; });
}

bool Commands::wants_json() const {
    return json || gpu_checking.json || shown_tiers.json ||
           std::any_of(with_engine.begin(), with_engine.end(),
                       [](const EngineCommand& command) { return command.flags.json(); });
}

std::vector<CLI::App*> Commands::all() {
    std::vector<CLI::App*> commands{&program, &models,    &list, &inspect,
                                    &convert, &gpu_check, &tiers};
    for (EngineCommand& command : with_engine) commands.push_back(&command.app);
    return commands;
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

// Official names have underscores: "--use_cot_metas" is the flag with dashes.
std::vector<std::string> with_dashes(std::vector<std::string> arguments,
                                     const std::vector<CLI::App*>& commands) {
    std::vector<std::string> known;
    for (const CLI::App* command : commands)
        for (const std::string& flag : flags_of(*command)) known.push_back(flag);
    for (std::string& argument : arguments) {
        const std::size_t end = std::min(argument.find('='), argument.size());
        std::string flag = argument.substr(0, end);
        std::replace(flag.begin(), flag.end(), '_', '-');
        if (std::find(known.begin(), known.end(), flag) != known.end())
            argument.replace(0, end, flag);
    }
    return arguments;
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

/// Does what the chosen command is for; the program's exit status.
int execute(Commands& commands) {
    const CLI::App& chosen = commands.chosen();
    for (const CLI::App* command : commands.all()) refuse_leftovers(*command);
    for (const EngineCommand& command : commands.with_engine)
        if (&chosen == &command.app) {
            command.execute(command.flags.options());
            return status_ok;
        }
    if (&chosen == &commands.gpu_check) return check_gpu(commands.gpu_checking);
    if (&chosen == &commands.list) {
        list_models(checkpoints_folder(commands.checkpoints), commands.json);
    } else if (&chosen == &commands.inspect) {
        if (commands.inspected.empty())
            throw texts::argument_required("a weight file or a folder", full_name(chosen));
        inspect_model(commands.inspected, commands.filter, commands.json);
    } else if (&chosen == &commands.convert) {
        convert_models(commands.conversion, full_name(chosen));
    } else if (&chosen == &commands.tiers) {
        show_tiers(commands.shown_tiers);
    } else {
        std::cout << commands.program.help();
    }
    return status_ok;
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
    Commands commands;
    const auto fail = [&commands](const Error& error) {
        std::cerr << texts::error_line(error) << std::endl;
        if (commands.wants_json()) std::cout << as_json(error) << std::flush;
        // Of this command, 1 says something about the machine.
        if (&commands.chosen() == &commands.gpu_check) return status_refused;
        return exit_status(error.code());
    };
    try {
        std::vector<std::string> words = reversed_words(with_dashes(arguments, commands.all()));
        commands.program.parse(words);
        return execute(commands);
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
