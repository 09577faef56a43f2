#include "pipeline/request/task_rules.h"

#include <fmt/format.h>

#include "acestep/error.h"
#include "base/ascii.h"
#include "pipeline/request/message_text.h"
#include "text/metadata_vocabulary.h"

namespace acestep::pipeline {
namespace {

bool takes_tracks(TaskType task) {
    return task == TaskType::lego || task == TaskType::extract || task == TaskType::complete;
}

bool has_codes(const SongRequest& request) {
    return !trimmed(request.audio_codes).empty();
}

// Back to its default, with a warning, unless it is there already.
template <class Field>
void ignore(SongRequest& request, std::string_view field, Field SongRequest::*member,
            std::string_view why, std::vector<std::string>& warnings) {
    const SongRequest defaults;
    if (request.*member == defaults.*member) return;
    request.*member = defaults.*member;
    warnings.push_back(fmt::format("{} is ignored: {}.", field, why));
}

void require_source(const SongRequest& request) {
    if (!uses_source(request) || !request.src_audio.empty()) return;
    const bool may_have_codes = request.task_type == TaskType::cover;
    throw Error(ErrorCode::invalid_request,
                fmt::format("src_audio is blank; {} needs source audio{}.", name(request.task_type),
                            may_have_codes ? " or audio_codes" : ""),
                "Name an audio file in src_audio, or use the task text2music.");
}

void require_training(const SongRequest& request, const ModelFacts& model,
                      std::vector<std::string>& warnings) {
    const TaskType task = request.task_type;
    const bool is_trained =
        !takes_tracks(task) || model.base || (task == TaskType::lego && model.is_lego_sft);
    if (is_trained) return;
    const std::string fact =
        fmt::format("{} was not trained for the task {}", model.name, name(task));
    if (!request.allow_unsupported_task)
        throw Error(ErrorCode::unsupported, fact + ".",
                    "Choose a base checkpoint, or set allow_unsupported_task to try anyway.");
    warnings.push_back(fact + "; the result may be incoherent.");
}

void check_track_names(const SongRequest& request, std::vector<std::string>& warnings) {
    for (const std::string& track : request.track_names) {
        if (!text::contains(text::track_names, ascii_lower(track)))
            warnings.push_back(fmt::format(
                "{} in track_names is no standard track name and is sent as it is; known: {}.",
                in_quotes(track), comma_list(text::track_names)));
    }
    if (request.track_names.empty() && takes_tracks(request.task_type))
        warnings.push_back(fmt::format("track_names is empty; {} works best with a track named.",
                                       name(request.task_type)));
}

void drop_other_inputs(SongRequest& request, std::vector<std::string>& warnings) {
    const TaskType task = request.task_type;
    const std::string not_taken = fmt::format("{} does not take it", name(task));
    const auto drop = [&](std::string_view field, auto member, std::string_view why) {
        ignore(request, field, member, why, warnings);
    };
    if (task == TaskType::text2music) drop("src_audio", &SongRequest::src_audio, not_taken);
    if (uses_source(request)) {
        drop("audio_codes", &SongRequest::audio_codes, "the source is used instead");
        if (request.duration > 0) drop("duration", &SongRequest::duration, "the source decides it");
        request.duration = SongRequest{}.duration;
    }
    if (!takes_tracks(task)) drop("track_names", &SongRequest::track_names, not_taken);
    if (!has_region(task)) {
        drop("repainting_start", &SongRequest::repainting_start, not_taken);
        drop("repainting_end", &SongRequest::repainting_end, not_taken);
        drop("repaint_mode", &SongRequest::repaint_mode, not_taken);
        drop("repaint_strength", &SongRequest::repaint_strength, not_taken);
    }
    // Noise of which text2music has no source to mix with; a region's source must stay in sight.
    const bool plans_nothing = !uses_source(request) && !uses_codes(request);
    if (plans_nothing || has_region(task))
        drop("audio_cover_strength", &SongRequest::audio_cover_strength, not_taken);
    if (plans_nothing) drop("cover_noise_strength", &SongRequest::cover_noise_strength, not_taken);
}

}  // namespace

bool uses_source(const SongRequest& request) {
    switch (request.task_type) {
        case TaskType::text2music: return false;
        case TaskType::cover: return !request.src_audio.empty() || !has_codes(request);
        default: return true;
    }
}

bool uses_codes(const SongRequest& request) {
    return has_codes(request) && !uses_source(request);
}

bool has_region(TaskType task) {
    return task == TaskType::repaint || task == TaskType::lego;
}

void apply_task_rules(SongRequest& request, const ModelFacts& model,
                      std::vector<std::string>& warnings) {
    require_source(request);
    require_training(request, model, warnings);
    drop_other_inputs(request, warnings);
    check_track_names(request, warnings);
}

}  // namespace acestep::pipeline
