#include "pipeline/metadata.h"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/ascii.h"
#include "text/metadata_vocabulary.h"

namespace acestep::pipeline {
namespace {

using text::MetaField;

void set_words(text::Metas& metas, MetaField field, const std::string& words) {
    if (!trimmed(words).empty()) metas.set(field, words);
}

void set_number(text::Metas& metas, MetaField field, std::optional<double> number) {
    if (number && *number > 0) metas.set(field, *number);
}

template <typename Request>
text::Metas common_metas(const Request& request) {
    text::Metas metas;
    set_number(metas, MetaField::bpm, request.bpm);
    set_words(metas, MetaField::keyscale, request.keyscale);
    set_words(metas, MetaField::timesignature, request.timesignature);
    return metas;
}

std::optional<double> number(const text::Metas& metas, MetaField field) {
    const text::MetaValue* value = metas.find(field);
    if (!value) return std::nullopt;
    if (const auto* whole = std::get_if<std::int64_t>(value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(value)) return *real;
    return std::nullopt;
}

std::string words(const text::Metas& metas, MetaField field) {
    const text::MetaValue* value = metas.find(field);
    if (!value) return {};
    if (const auto* whole = std::get_if<std::int64_t>(value)) return std::to_string(*whole);
    const auto* text = std::get_if<std::string>(value);
    return text && *text != "N/A" ? usable_text(*text) : std::string();
}

}  // namespace

text::Metas given_metas(const SongRequest& request) {
    text::Metas metas = common_metas(request);
    set_number(metas, MetaField::duration, request.duration);
    return metas;
}

text::Metas given_metas(const FormatRequest& request) {
    text::Metas metas = common_metas(request);
    set_number(metas, MetaField::duration, request.duration);
    set_words(metas, MetaField::language, request.vocal_language);
    return metas;
}

std::string usable_text(std::string text) {
    std::erase(text, '\0');
    return text;
}

Metadata usable_metadata(const text::Metas& metas) {
    Metadata metadata;
    const auto bpm = number(metas, MetaField::bpm);
    if (bpm && *bpm >= text::lowest_bpm && *bpm <= text::highest_bpm)
        metadata.bpm = static_cast<int>(std::lround(*bpm));
    const auto duration = number(metas, MetaField::duration);
    if (duration && *duration > 0 && *duration <= text::longest_duration_seconds)
        metadata.duration = *duration;
    metadata.caption = words(metas, MetaField::caption);
    metadata.genres = words(metas, MetaField::genres);
    const std::string key = words(metas, MetaField::keyscale);
    if (text::contains(text::key_scales, key)) metadata.keyscale = key;
    const std::string language = words(metas, MetaField::language);
    if (text::contains(text::vocal_languages, language)) metadata.language = language;
    const std::string signature = words(metas, MetaField::timesignature);
    if (text::contains(text::time_signatures, signature)) metadata.timesignature = signature;
    return metadata;
}

}  // namespace acestep::pipeline
