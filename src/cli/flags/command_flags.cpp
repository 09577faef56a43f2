#include "cli/flags/command_flags.h"

#include <iostream>
#include <optional>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/flags/checkpoints_folder.h"
#include "cli/flags/environment.h"
#include "cli/sidecar.h"
#include "cli/text_file.h"
#include "cli/texts.h"
#include "cli/tiers_file.h"

namespace acestep::cli {
namespace {

std::filesystem::path from_root(const std::filesystem::path& path) {
    return path.empty() ? path : std::filesystem::absolute(path).lexically_normal();
}

}  // namespace

CLI::Option* FlagSection::flag(const std::string& names, const std::string& value_name, Apply apply,
                               const std::string& help, int count, Times times) {
    const auto seen = [&overrides = overrides_, apply = std::move(apply)](const GivenFlag& given) {
        overrides.push_back([=](CommandOptions& options) { apply(options, given); });
    };
    return add_flag_with_values(command_, names, value_name, help, seen, count, times)
        ->group(title_);
}

CLI::Option* FlagSection::toggle(const std::string& names, Override apply,
                                 const std::string& help) {
    const auto seen = [&overrides = overrides_, apply = std::move(apply)] {
        overrides.push_back(apply);
    };
    return add_switch(command_, names, help, seen)->group(title_);
}

void CommandFlags::set_request_file(const std::string& flag, const std::string& path) {
    if (!request_file_.empty()) throw texts::given_twice(flag);
    request_file_ = path;
}

void CommandFlags::add_request_file(const char* title) {
    add_flag_with_values(
        command_, "--request", "FILE",
        "request file (official field names), sidecar or composition to\nbegin with; - is the "
        "standard input",
        [this](const GivenFlag& flag) { set_request_file(flag.name, flag.text()); })
        ->group(title);
}

// --from is two flags in one, because both readings are what people type: `--from 12 --to 20` and
// `--from song.json`. A number is seconds, a name that ends in .json is a file.
void CommandFlags::add_from(const char* title) {
    const auto start_at = [this](const GivenFlag& flag) {
        overrides_.push_back(
            [flag](CommandOptions& options) { options.request.repainting_start = flag.number(); });
    };
    CLI::Option* start = add_flag_with_values(
        command_, "--repaint-start", "SECONDS",
        "where to begin repainting; negative extends before the source", start_at);
    CLI::Option* from = add_flag_with_values(
        command_, "--from", "SECONDS|FILE",
        "a number: as --repaint-start; a name that ends in .json: as\n--request; may be given as "
        "both",
        [this, start_at, start](const GivenFlag& flag) {
            bool started = start->count() > 0;
            for (const std::string& value : flag.values) {
                if (to_number(value)) {
                    if (std::exchange(started, true)) throw texts::given_twice(flag.name);
                    start_at({flag.name, {value}});
                } else if (std::filesystem::path(value).extension() == ".json") {
                    set_request_file(flag.name, value);
                } else {
                    throw texts::bad_from(value);
                }
            }
        },
        1, Times::any);
    start->group(title);
    from->group(title);
}

void CommandFlags::add_codes(const char* title, const std::string& help) {
    add_flag_with_values(command_, "--codes", "TEXT|FILE", help, [this](const GivenFlag& flag) {
        codes_ = flag;
    })->group(title);
}

void CommandFlags::add_json(const char* title) {
    add_switch(command_, "--json", "the report, and an error, as JSON on the standard output",
               [this] { json_ = true; })
        ->group(title);
}

void CommandFlags::add_env_file(const char* title) {
    add_flag_with_values(command_, "--env-file", "FILE",
                         "settings that the environment does not have, NAME=VALUE a\nline (.env)",
                         [this](const GivenFlag& flag) { env_file_ = flag.text(); })
        ->group(title);
}

void CommandFlags::add_tiers_file(const char* title) {
    add_tiers_file_flag(command_, tiers_file_)->group(title);
}

void CommandFlags::take_environment(CommandOptions& options) const {
    constexpr const char* usual_file = ".env";
    std::error_code none;
    std::vector<std::string> notes;
    EnvironmentLookup environment = environment_variable;
    if (!env_file_.empty())
        environment = with_env_file(environment, env_file_, notes);
    else if (std::filesystem::is_regular_file(usual_file, none))
        environment = with_env_file(environment, usual_file, notes);
    const auto more = apply_environment(options.engine, options.request, environment);
    notes.insert(notes.end(), more.begin(), more.end());
    options.engine.machine.tiers = tier_tuning(tiers_file_, environment);
    for (const std::string& note : notes) std::cerr << texts::warning_line(note) << '\n';
}

CommandOptions CommandFlags::options() const {
    CommandOptions options = defaults_;
    if (!request_file_.empty()) {
        RequestFile file = read_request_file(request_file_);
        options.request = std::move(file.request);
        options.engine = std::move(file.engine);
    }
    take_environment(options);
    for (const Override& override_with : overrides_) override_with(options);
    if (!codes_.values.empty()) take_codes(codes_, options);
    options.engine.checkpoints = checkpoints_folder(options.engine.checkpoints.string());
    options.request.src_audio = from_root(options.request.src_audio);
    options.request.reference_audio = from_root(options.request.reference_audio);
    if (options.compile && options.speaking == Loudspeaking::verbose)
        std::cerr << texts::always_compiled() << '\n';
    options.json = json_;
    return options;
}

Apply text_into(std::string SongRequest::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.request.*field = flag.text();
    };
}

Apply text_or_file_into(std::string SongRequest::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.request.*field = text_or_file(flag.text());
    };
}

Apply path_into(std::filesystem::path SongRequest::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.request.*field = flag.text();
    };
}

Apply integer_into(std::optional<int> SongRequest::*field, int lowest, int highest) {
    return [=](CommandOptions& options, const GivenFlag& flag) {
        options.request.*field = flag.integer(lowest, highest);
    };
}

Apply seed_into(std::optional<std::int64_t> SongRequest::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        const std::vector<std::int64_t> given = seeds(flag.name, flag.text());
        if (given.size() != 1) throw texts::not_a_seed(flag.name, flag.text());
        options.request.*field = given.front();
    };
}

}  // namespace acestep::cli
