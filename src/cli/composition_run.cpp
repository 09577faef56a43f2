#include "cli/composition_run.h"

#include <iostream>

#include "cli/interrupt.h"
#include "cli/output_files.h"
#include "cli/progress_display.h"
#include "cli/text_file.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

Composition composed(const CommandOptions& options, const LanguageMode& mode) {
    CancelToken cancel;
    const InterruptGuard guard(cancel);
    ProgressDisplay display(options.speaking, 1);
    try {
        Engine engine(options.engine);
        return mode(
            engine, [&](const Progress& progress) { display.report(progress); }, &cancel);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::cancelled) throw texts::cancelled_writing();
        throw;
    }
}

}  // namespace

void write_composition(const CommandOptions& options, const LanguageMode& mode) {
    const std::filesystem::path file = options.output.path;
    if (!file.empty()) {
        check_writable(file.parent_path());
        check_output_name(file, options.output.force);
    }
    const Composition composition = composed(options, mode);
    for (const std::string& warning : composition.warnings)
        std::cerr << texts::warning_line(warning) << '\n';
    const std::string json = to_json(composition) + "\n";
    if (file.empty())
        std::cout << json << std::flush;
    else
        write_text_file(file, json);
}

}  // namespace acestep::cli
