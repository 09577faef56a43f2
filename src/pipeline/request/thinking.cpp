#include "pipeline/request/thinking.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "acestep/error.h"
#include "base/ascii.h"
#include "pipeline/request/seeds.h"
#include "text/metadata_vocabulary.h"

namespace acestep::pipeline {
namespace {

bool names_no_language(const std::string& language) {
    const std::string_view name = trimmed(language);
    return name.empty() || name == text::unknown_language;
}

/// Why there is nothing to plan; blank when there is.
std::string_view no_use(const SongRequest& request) {
    if (request.task_type != TaskType::text2music) return "only text2music is planned";
    if (!trimmed(request.audio_codes).empty()) return "audio_codes are the plan already";
    return {};
}

std::vector<std::string> lines(std::string_view text) {
    std::vector<std::string> result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        if (!line.empty()) result.emplace_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

}  // namespace

PlanWish plan_wish(const SongRequest& request, std::vector<std::string>& warnings) {
    const Thinking thinking = request.thinking;
    const std::string_view reason = no_use(request);
    const bool asked = thinking == Thinking::on || thinking == Thinking::required;
    if (asked && !reason.empty()) {
        const std::string sentence = fmt::format("thinking is {}, but {}.", name(thinking), reason);
        if (thinking == Thinking::required)
            throw Error(ErrorCode::invalid_request, sentence, "Set thinking to auto or off.");
        warnings.push_back(sentence);
    }
    if (request.task_type != TaskType::text2music) return {};
    PlanWish wish;
    wish.codes = thinking != Thinking::off && reason.empty();
    wish.metas = request.use_cot_metas.value_or(wish.codes);
    wish.caption = request.use_cot_caption.value_or(wish.codes);
    wish.language = request.use_cot_language.value_or(wish.codes);
    // Caption and language are found in the course of the metadata, unless that is ruled out.
    if (!request.use_cot_metas) wish.metas = wish.metas || wish.caption || wish.language;
    wish.demanded = thinking == Thinking::required;
    return wish;
}

SongRequest with_metadata(SongRequest request, const Metadata& metadata, const PlanWish& wish) {
    if (wish.caption && !metadata.caption.empty()) request.caption = metadata.caption;
    if (!request.bpm && metadata.bpm) request.bpm = *metadata.bpm;
    if (trimmed(request.keyscale).empty()) request.keyscale = metadata.keyscale;
    if (trimmed(request.timesignature).empty()) request.timesignature = metadata.timesignature;
    if (request.duration <= 0 && metadata.duration) request.duration = *metadata.duration;
    if (wish.language && names_no_language(request.vocal_language) && !metadata.language.empty())
        request.vocal_language = metadata.language;
    request.thinking = Thinking::off;
    request.use_cot_metas = request.use_cot_caption = request.use_cot_language = std::nullopt;
    return request;
}

std::vector<SongRequest> by_codes(const SongRequest& request) {
    const std::vector<std::string> codes = lines(request.audio_codes);
    if (codes.size() < 2) return {request};
    if (codes.size() != static_cast<std::size_t>(request.batch_size)) {
        throw Error(ErrorCode::invalid_request,
                    fmt::format("audio_codes has {} lines for a batch_size of {}.", codes.size(),
                                request.batch_size),
                    "Give one line for all songs, or one for each.");
    }
    std::vector<SongRequest> requests;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        SongRequest song = request;
        song.batch_size = 1;
        song.audio_codes = codes[i];
        song.seeds = {request.seeds.at(i)};
        // Song i of a batch has the retake seed i further on.
        if (song.retake_seed && *song.retake_seed >= 0)
            song.retake_seed = seeds_for_songs({*song.retake_seed}, request.batch_size, {}).at(i);
        requests.push_back(std::move(song));
    }
    return requests;
}

}  // namespace acestep::pipeline
