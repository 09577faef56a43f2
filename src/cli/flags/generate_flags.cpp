#include "cli/flags/generate_flags.h"

#include "cli/flags/engine_flags.h"
#include "cli/flags/language_flags.h"
#include "cli/flags/machine_flags.h"
#include "cli/flags/output_flags.h"
#include "cli/flags/request_flags.h"

namespace acestep::cli {

void add_generate_flags(CommandFlags& flags) {
    constexpr const char *words = "Words", *task = "Task and audio in", *output = "Output",
                         *language_model = "Language model", *seeds = "Seeds and batch";
    add_words(flags.section(words));
    add_song_words(flags.section(words));
    add_metadata(flags.section("Metadata"));
    add_thinking(flags.section(language_model));
    add_plan(flags.section(language_model));
    add_token_sampling(flags.section(language_model));
    flags.add_request_file(task);
    flags.add_from(task);
    flags.add_codes(
        task,
        "audio codes to play, \"12,7,...\" or \"<|audio_code_12|>...\", or a\nfile with "
        "them; what 'acestep compose' wrote also fills in words\nand metadata that are "
        "not given");
    add_task(flags.section(task));
    add_seeds(flags.section(seeds));
    add_noise(flags.section(seeds));
    add_sampler(flags.section("Sampler"));
    add_finishing(flags.section("Finishing"));
    add_song_output(flags.section(output));
    flags.add_json(output);
    add_engine(flags.section("Engine"));
    add_machine_of_engine(flags);
}

}  // namespace acestep::cli
