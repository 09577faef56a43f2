// Compositions as JSON, and the request that sings one: the functions of language.h and song.h.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/error.h"
#include "acestep/language.h"
#include "acestep/song.h"
#include "base/ascii.h"
#include "pipeline/request/json_values.h"
#include "pipeline/request/message_text.h"
#include "pipeline/request/nearest_name.h"
#include "pipeline/request/strict_json.h"
#include "pipeline/request/validate.h"
#include "text/metadata_vocabulary.h"
#include "text/prompts.h"

namespace acestep {
namespace pipeline {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::array<std::string_view, 7> members{"metadata", "lyrics", "instrumental", "codes",
                                                  "seed",     "model",  "warnings"};
constexpr std::array<std::string_view, 7> metadata_members{
    "bpm", "caption", "duration", "genres", "keyscale", "language", "timesignature"};

// --- writing

void write_text(ordered_json& object, const char* member, const std::string& text) {
    if (text.empty()) return;
    check_text(member, text);
    object[member] = text;
}

ordered_json metadata_json(const Metadata& metadata) {
    ordered_json object = ordered_json::object();
    if (metadata.bpm) object["bpm"] = *metadata.bpm;
    write_text(object, "caption", metadata.caption);
    if (metadata.duration) {
        check_finite("duration", *metadata.duration);
        object["duration"] = *metadata.duration;
    }
    write_text(object, "genres", metadata.genres);
    write_text(object, "keyscale", metadata.keyscale);
    write_text(object, "language", metadata.language);
    write_text(object, "timesignature", metadata.timesignature);
    return object;
}

// A song without codes keeps its place among several, so that the others keep theirs.
void write_codes(ordered_json& object, const std::vector<std::string>& codes) {
    for (const std::string& text : codes) check_text("codes", text);
    const bool none = std::all_of(codes.begin(), codes.end(),
                                  [](const std::string& text) { return text.empty(); });
    if (none) return;
    object["codes"] = codes.size() == 1 ? ordered_json(codes.front()) : ordered_json(codes);
}

// --- reading

void check_names(const json& object, std::string_view what,
                 const std::array<std::string_view, 7>& known) {
    for (const auto& [member, value] : object.items()) {
        if (std::find(known.begin(), known.end(), member) == known.end())
            throw Error(ErrorCode::invalid_request,
                        fmt::format("{} has no member {}.", what, in_quotes(member)),
                        did_you_mean(member, known));
    }
}

template <class T>
void read_member(const json& object, std::string_view member, T& target) {
    const auto value = object.find(member);
    if (value != object.end()) read(member, *value, target);
}

template <class T>
void read_member(const json& object, std::string_view member, std::optional<T>& target) {
    const auto value = object.find(member);
    if (value != object.end() && !value->is_null()) read(member, *value, target.emplace());
}

// One line, because lines tell songs apart.
std::string line_of_codes(std::string_view field, const json& value) {
    std::string codes;
    read(field, value, codes);
    std::replace(codes.begin(), codes.end(), '\n', ' ');
    if (trimmed(codes).empty())
        throw Error(ErrorCode::invalid_request, fmt::format("{} is blank.", field),
                    "Compose again, or leave it out.");
    return codes;
}

std::vector<std::string> read_codes(const json& object) {
    const auto value = object.find("codes");
    if (value == object.end()) return {};
    if (value->is_string()) return {line_of_codes("codes", *value)};
    if (!value->is_array()) wrong_type("codes", *value, "a text or a list of texts");
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < value->size(); ++i)
        codes.push_back(line_of_codes(fmt::format("codes[{}]", i), (*value)[i]));
    return codes;
}

// What of a composition a request has a place for.
struct Words {
    std::string caption, lyrics, keyscale, language, timesignature;
    std::optional<double> bpm, duration;
    bool instrumental = false;
    std::vector<std::string> codes;
};

Words read_words(const json& object) {
    check_names(object, "A composition", members);
    Words words;
    words.codes = read_codes(object);
    read_member(object, "lyrics", words.lyrics);
    read_member(object, "instrumental", words.instrumental);
    const auto metadata = object.find("metadata");
    if (metadata == object.end()) return words;
    if (!metadata->is_object()) wrong_type("metadata", *metadata, "an object");
    check_names(*metadata, "metadata", metadata_members);
    read_member(*metadata, "bpm", words.bpm);
    read_member(*metadata, "caption", words.caption);
    read_member(*metadata, "duration", words.duration);
    read_member(*metadata, "keyscale", words.keyscale);
    read_member(*metadata, "language", words.language);
    read_member(*metadata, "timesignature", words.timesignature);
    return words;
}

// A field that is as in a new request was not given.
template <class Field, class Value>
void fill(SongRequest& request, Field SongRequest::*field, const Value& value) {
    if (request.*field == SongRequest{}.*field) request.*field = value;
}

void fill_codes(SongRequest& request, const std::vector<std::string>& codes) {
    if (codes.empty() || !request.audio_codes.empty()) return;
    for (const std::string& line : codes)
        request.audio_codes += request.audio_codes.empty() ? line : "\n" + line;
    fill(request, &SongRequest::batch_size, static_cast<int>(codes.size()));
}

void fill_words(SongRequest& request, const Words& words) {
    fill(request, &SongRequest::caption, words.caption);
    fill(request, &SongRequest::lyrics, words.lyrics);
    if (words.instrumental)
        fill(request, &SongRequest::lyrics, std::string(text::instrumental_lyrics));
    if (!words.language.empty()) fill(request, &SongRequest::vocal_language, words.language);
    fill(request, &SongRequest::bpm, words.bpm);
    fill(request, &SongRequest::keyscale, words.keyscale);
    fill(request, &SongRequest::timesignature, words.timesignature);
    if (words.duration) fill(request, &SongRequest::duration, *words.duration);
}

}  // namespace
}  // namespace pipeline

std::string to_json(const Composition& composition) {
    using namespace pipeline;
    ordered_json object = ordered_json::object();
    ordered_json metadata = metadata_json(composition.metadata);
    if (!metadata.empty()) object["metadata"] = std::move(metadata);
    write_text(object, "lyrics", composition.lyrics);
    if (composition.instrumental) object["instrumental"] = *composition.instrumental;
    write_codes(object, composition.codes);
    object["seed"] = composition.seed;
    write_text(object, "model", composition.model);
    for (const std::string& warning : composition.warnings) check_text("A warning", warning);
    if (!composition.warnings.empty()) object["warnings"] = composition.warnings;
    return object.dump(2);
}

SongRequest request_of_composition(std::string_view json, SongRequest given) {
    const auto words = pipeline::read_words(pipeline::parse_object(json, "The composition"));
    pipeline::fill_codes(given, words.codes);
    pipeline::fill_words(given, words);
    pipeline::validate(given);
    return given;
}

}  // namespace acestep
