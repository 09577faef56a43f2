#include "cli/flags/language_flags.h"

#include <limits>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace acestep::cli {
namespace {

constexpr const char* yes_or_no = "true|false";

template <class Field>
Apply boolean_into(Field SongRequest::*field) {
    return [field](CommandOptions& options, const GivenFlag& flag) {
        options.request.*field = boolean(flag.name, flag.text());
    };
}

// CLI11 hands on a blank text where no value is given; official requests say true and false.
void set_thinking(CommandOptions& options, const GivenFlag& flag) {
    const std::string& value = flag.text();
    if (value.empty() || value == "true")
        options.request.thinking = Thinking::on;
    else if (value == "false")
        options.request.thinking = Thinking::off;
    else
        options.request.thinking = thinking_from_name(value);
}

}  // namespace

void add_thinking(FlagSection section) {
    CLI::Option* thinking =
        section.flag("--thinking", "[auto|off|on|required]", set_thinking,
                     "the language model plans the song first; auto: if there is\none; required: "
                     "an error if it cannot; alone: on (auto)");
    thinking->expected(0, 1);
    section
        .toggle(
            "--no-thinking", [](CommandOptions& o) { o.request.thinking = Thinking::off; },
            "the same as --thinking off")
        ->excludes(thinking);
}

void add_plan(FlagSection section) {
    section.flag("--use-cot-metas", yes_or_no, boolean_into(&SongRequest::use_cot_metas),
                 "fill in tempo, key, time signature and duration where they\nare not given (as "
                 "thinking)");
    section.flag("--use-cot-caption", yes_or_no, boolean_into(&SongRequest::use_cot_caption),
                 "write the caption out (as thinking)");
    section.flag("--use-cot-language", yes_or_no, boolean_into(&SongRequest::use_cot_language),
                 "find the language of the lyrics (as thinking)");
    section.flag("--lock-codes-to-cot-duration", yes_or_no,
                 boolean_into(&SongRequest::lock_codes_to_cot_duration),
                 "end the song where its plan says; false: where the model\nlikes (true)");
    section.flag("--lm-cfg-scale", "X", number_into(&SongRequest::lm_cfg_scale),
                 "how strictly to follow the text; 1 is off (2)");
    section.flag("--lm-negative-prompt", "TEXT",
                 text_or_file_into(&SongRequest::lm_negative_prompt),
                 "what guidance leads away from (\"NO USER INPUT\": nothing)");
    section.flag("--lm-seed", "N", seed_into(&SongRequest::lm_seed),
                 "seed of the plan; -1 is random (that of the song)");
}

void add_token_sampling(FlagSection section, double temperature) {
    section.flag("--lm-temperature", "X", number_into(&SongRequest::lm_temperature),
                 fmt::format("0 always takes the likeliest; higher dares more ({})", temperature));
    section.flag(
        "--lm-top-k", "N",
        [](CommandOptions& options, const GivenFlag& flag) {
            options.request.lm_top_k = flag.integer(0, std::numeric_limits<int>::max());
        },
        "choose among the N likeliest; 0 is off (0)");
    section.flag("--lm-top-p", "X", number_into(&SongRequest::lm_top_p),
                 "choose among the likeliest that have this share together;\n1 is off (0.9)");
    section.flag("--lm-min-p", "X", number_into(&SongRequest::lm_min_p),
                 "leave out what is less likely than this share of the\nlikeliest; 0 is off (0)");
    section.flag("--lm-repetition-penalty", "X", number_into(&SongRequest::lm_repetition_penalty),
                 "above 1: avoid what was written already (1)");
}

void add_text_seed(FlagSection section) {
    section.flag("--lm-seed,--seed", "N", seed_into(&SongRequest::lm_seed),
                 "what makes the words these and no others; -1 is random (-1)");
}

LanguageSettings language_settings(const SongRequest& request) {
    return {.temperature = request.lm_temperature,
            .top_k = request.lm_top_k,
            .top_p = request.lm_top_p,
            .min_p = request.lm_min_p,
            .repetition_penalty = request.lm_repetition_penalty,
            .seed = request.lm_seed.value_or(-1)};
}

}  // namespace acestep::cli
