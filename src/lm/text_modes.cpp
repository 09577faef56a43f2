#include "lm/text_modes.h"

#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "acestep/error.h"
#include "base/ascii.h"
#include "lm/given_metadata.h"
#include "text/audio_code_text.h"
#include "text/chain_of_thought_parser.h"
#include "text/lm_lyrics.h"
#include "text/metadata_vocabulary.h"
#include "text/prompts.h"
#include "text/unicode.h"

namespace acestep::lm {
namespace {

// StepKey::phase. 0 and 1 are a song's plan, which may follow with the same seed.
constexpr std::uint64_t text_phase = 2;

constexpr std::array formatted_fields = {Field::bpm, Field::duration, Field::keyscale,
                                         Field::timesignature, Field::language};

bool is_official(const TextModeSettings& settings) {
    return settings.rules.parity == text::Parity::official;
}

bool is_blank(std::string_view text) {
    return text::strip(text).empty();
}

WritingTask task_of(std::string prompt, const text::Metas& given,
                    const TextModeSettings& settings) {
    return {.prompt = std::move(prompt),
            .sequence = {.phase = Phase::understand, .user_values = as_user_values(given)},
            .sampling = settings.sampling,
            .seeds = {settings.seed},
            .phase = text_phase,
            .most_tokens = text::token_budget(text::LmOutput::words, std::nullopt,
                                              settings.limits.context_tokens, settings.limits)};
}

WrittenSong write_song(Writer& writer, const WritingTask& task, const text::Metas& given,
                       const TextModeSettings& settings) {
    const std::string written = writer.write(task).at(0);
    const text::Parity parity = settings.rules.parity;
    WrittenSong song{.metadata = text::parse_chain_of_thought(written, parity)};
    std::string lyrics = text::lyrics_in(written, parity);
    if (song.metadata.empty() && lyrics.empty())
        throw Error(ErrorCode::unavailable, "The language model wrote nothing that can be used.",
                    "Try another seed or a lower temperature.");
    if (!lyrics.empty()) song.lyrics = std::move(lyrics);
    if (!is_official(settings)) song.metadata = with_given(std::move(song.metadata), given);
    return song;
}

text::Metas given_language(const std::string& vocal_language) {
    return usable_metas({{Field::language, vocal_language}});
}

// As Python's int(), which reads no words with a point in them.
std::optional<std::int64_t> official_whole_number(const text::MetaValue& value) {
    if (const auto* words = std::get_if<std::string>(&value))
        if (words->find_first_of(".eE") != std::string::npos) return std::nullopt;
    const text::Metas usable = usable_metas({{Field::bpm, value}});
    const text::MetaValue* number = usable.find(Field::bpm);
    return number ? std::optional(std::get<std::int64_t>(*number)) : std::nullopt;
}

text::Metas official_given(const text::Metas& given) {
    text::Metas kept;
    for (const auto& [field, value] : given) {
        const auto* words = std::get_if<std::string>(&value);
        if (field == Field::bpm || field == Field::duration) {
            if (const auto number = official_whole_number(value)) kept.set(field, *number);
        } else if (!words || !words->empty()) {
            kept.set(field, value);
        }
    }
    return kept;
}

text::Metas given_for_format(const text::Metas& given, const TextModeSettings& settings) {
    text::Metas formatted;
    for (const Field field : formatted_fields)
        if (const text::MetaValue* value = given.find(field)) formatted.set(field, *value);
    return is_official(settings) ? official_given(formatted) : usable_metas(formatted);
}

// What the prompt of `understand` reads.
std::string codes_to_understand(const std::string& audio_codes, const TextModeSettings& settings) {
    const bool is_verbatim =
        is_official(settings) || text::strip(audio_codes) == text::no_user_input;
    std::string codes = is_verbatim ? audio_codes : text::audio_code_tokens_in(audio_codes);
    if (is_blank(codes))
        throw Error(ErrorCode::invalid_request, "There are no audio codes to understand.",
                    "Codes look like <|audio_code_18953|><|audio_code_13833|>.");
    return codes;
}

}  // namespace

WrittenSong inspire(Writer& writer, const Inspiration& wish, const TextModeSettings& settings) {
    const text::Metas given = given_language(wish.vocal_language);
    const std::string_view query = is_blank(wish.query) ? text::no_user_input : wish.query;
    const WritingTask task = task_of(
        text::inspiration_prompt(query, wish.instrumental, settings.rules), given, settings);
    WrittenSong song = write_song(writer, task, given, settings);
    if (!song.lyrics && wish.instrumental) song.lyrics = text::instrumental_lyrics;
    return song;
}

WrittenSong format(Writer& writer, const text::SongWords& words, const text::Metas& given,
                   const TextModeSettings& settings) {
    const text::SongWords filled = {
        is_blank(words.caption) ? std::string(text::no_user_input) : words.caption,
        is_blank(words.lyrics) ? std::string(text::instrumental_lyrics) : words.lyrics};
    const text::Metas kept = given_for_format(given, settings);
    WritingTask task = task_of(text::format_prompt(filled, settings.rules), kept, settings);
    task.sequence.skip_language = is_official(settings) && kept.find(Field::language);
    WrittenSong song = write_song(writer, task, kept, settings);
    if (!song.lyrics) song.lyrics = filled.lyrics;
    return song;
}

WrittenSong understand(Writer& writer, const std::string& audio_codes,
                       const TextModeSettings& settings) {
    const std::string codes = codes_to_understand(audio_codes, settings);
    const WritingTask task =
        task_of(text::understanding_prompt(codes, settings.rules), {}, settings);
    return write_song(writer, task, {}, settings);
}

}  // namespace acestep::lm
