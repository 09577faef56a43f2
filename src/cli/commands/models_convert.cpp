#include "cli/commands/models_convert.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "cli/flags/flag_table.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

constexpr int most_threads = 1024;

// One line that is redrawn on a terminal, else a line for every tenth.
class ConvertDisplay {
public:
    explicit ConvertDisplay(bool quiet) : quiet_(quiet), redraws_(standard_error_is_terminal()) {}
    ~ConvertDisplay() {
        if (drawn_ > 0) std::cerr << '\r' << std::string(drawn_, ' ') << '\r' << std::flush;
    }
    ConvertDisplay(const ConvertDisplay&) = delete;
    ConvertDisplay& operator=(const ConvertDisplay&) = delete;

    void report(const ConvertProgress& progress) {
        const auto percent =
            static_cast<int>(100 * progress.done / std::max<std::int64_t>(progress.total, 1));
        const int shown = redraws_ ? percent : percent / 10 * 10;
        if (quiet_ || (progress.step == step_ && shown == shown_)) return;
        step_ = progress.step;
        shown_ = shown;
        std::string line = progress.step == ConvertStep::compare_codes
                               ? texts::comparing_codes(progress.name, shown)
                               : texts::converting(progress.name, shown);
        if (!redraws_) {
            std::cerr << line << std::endl;
            return;
        }
        // The last column stays free: a full line would wrap and could not be drawn over.
        line.resize(std::min(line.size(), static_cast<std::size_t>(terminal_columns() - 1)));
        const std::size_t width = line.size();
        line.resize(std::max(width, drawn_), ' ');
        std::cerr << '\r' << line << std::flush;
        drawn_ = width;
    }

private:
    bool quiet_;
    bool redraws_;
    ConvertStep step_ = ConvertStep::convert;
    int shown_ = -1;
    std::size_t drawn_ = 0;
};

ConvertResult run(const ConvertOptions& options, bool quiet) {
    CancelToken cancel;
    const InterruptGuard guard(cancel);
    ConvertDisplay display(quiet);
    try {
        return convert_checkpoint(
            options, [&](const ConvertProgress& progress) { display.report(progress); }, &cancel);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::cancelled) throw texts::cancelled_writing();
        throw;
    }
}

std::string report(const ConvertedPart& part) {
    std::string types;
    for (const auto& [type, count] : part.types)
        types += fmt::format("{}{} {}", types.empty() ? "" : ", ", count, type);
    const std::string error =
        part.largest_error_tensor.empty()
            ? std::string("every value kept")
            : fmt::format("largest relative error {:.2g} in {}", part.largest_error,
                          texts::printable(part.largest_error_tensor));
    const std::string codes =
        part.code_agreement ? texts::audio_codes_kept(*part.code_agreement) : std::string();
    return fmt::format("{}\n  {} -> {}\n  tensors: {}\n  {}\n{}",
                       texts::printable(part.output.string()), texts::bytes(part.bytes_before),
                       texts::bytes(part.bytes_after), types, error, codes);
}

}  // namespace

void add_convert_flags(CLI::App& command, ConvertCommand& convert) {
    ConvertOptions& options = convert.options;
    add_flag_with_values(command, "source", "FILE|FOLDER",
                         "a part of ACE-Step (folder or GGUF file), or a folder of parts",
                         [&](const GivenFlag& flag) { options.source = flag.text(); });
    add_flag_with_values(
        command, "--type", "bf16|f16|q8_0|q6_k|q5_k|q4_k",
        "of matrices; what has to be exact keeps 16 bits or more,\nand so does the autoencoder",
        [&](const GivenFlag& flag) { convert.type = weight_type_from_name(flag.text()); });
    add_flag_with_values(command, "-o,--output", "FILE|FOLDER",
                         "NAME.gguf for one part, or a folder (the current one)",
                         [&](const GivenFlag& flag) { options.output = flag.text(); });
    add_flag_with_values(
        command, "--threads", "N", "0: as many as the machine has cores (0)",
        [&](const GivenFlag& flag) { options.threads = flag.integer(0, most_threads); });
    add_switch(command, "--force", "replace existing files", [&] { options.force = true; });
    add_switch(command, "--quiet", "no progress and no report, only warnings and errors",
               [&] { convert.quiet = true; });
}

void convert_models(const ConvertCommand& convert, const std::string& name) {
    if (convert.options.source.empty())
        throw texts::argument_required("a part of ACE-Step or a folder of parts", name);
    if (!convert.type) throw texts::argument_required("--type", name);
    ConvertOptions options = convert.options;
    options.type = *convert.type;
    const ConvertResult result = run(options, convert.quiet);
    for (const std::string& warning : result.warnings)
        std::cerr << texts::warning_line(warning) << '\n';
    if (convert.quiet) return;
    for (const ConvertedPart& part : result.parts) std::cout << report(part);
}

}  // namespace acestep::cli
