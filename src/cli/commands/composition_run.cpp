#include "cli/commands/composition_run.h"

#include <iostream>

#include "cli/interrupt.h"
#include "cli/output_files.h"
#include "cli/reports/progress_display.h"
#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

LanguageResult result_of(const CommandOptions& options, const LanguageTask& task) {
    CancelToken cancel;
    const InterruptGuard guard(cancel);
    ProgressDisplay display(options.speaking, 1);
    try {
        Engine engine(options.engine);
        return task(
            engine, [&](const Progress& progress) { display.report(progress); }, &cancel);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::cancelled) throw texts::cancelled_writing();
        throw;
    }
}

}  // namespace

void write_composition(const CommandOptions& options, const LanguageMode& mode) {
    write_result(options, [&](Engine& engine, const auto& progress, const auto* cancel) {
        const Composition composition = mode(engine, progress, cancel);
        return LanguageResult{to_json(composition), composition.warnings};
    });
}

void write_result(const CommandOptions& options, const LanguageTask& task) {
    const std::filesystem::path file = options.output.path;
    if (!file.empty()) {
        check_writable(file.parent_path());
        check_output_name(file, options.output.force);
    }
    const LanguageResult result = result_of(options, task);
    for (const std::string& warning : result.warnings)
        std::cerr << texts::warning_line(warning) << '\n';
    const std::string json = result.json + "\n";
    if (file.empty())
        std::cout << json << std::flush;
    else
        write_text_file(file, json);
}

}  // namespace acestep::cli
