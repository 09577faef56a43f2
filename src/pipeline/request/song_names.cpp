// Names of the enumerations in song.h, engine.h and checkpoints.h.
#include <array>

#include <fmt/format.h>

#include "acestep/checkpoints.h"
#include "acestep/engine.h"
#include "acestep/error.h"
#include "acestep/song.h"
#include "pipeline/request/message_text.h"
#include "pipeline/request/nearest_name.h"

namespace acestep {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 7> task_names{
    "text2music", "cover", "cover-nofsq", "repaint", "lego", "extract", "complete"};
constexpr std::array<std::string_view, 2> noise_source_names{"cuda", "cpu"};
constexpr std::array<std::string_view, 4> thinking_names{"auto", "off", "on", "required"};
constexpr std::array<std::string_view, 7> precision_names{"auto", "f32",  "bf16", "q8_0",
                                                          "q6_k", "q5_k", "q4_k"};
constexpr std::array<std::string_view, 6> weight_type_names{"bf16", "f16",  "q8_0",
                                                            "q6_k", "q5_k", "q4_k"};

template <class Enum, std::size_t count>
Enum from_name(std::string_view field, std::string_view wanted,
               const std::array<std::string_view, count>& names) {
    for (std::size_t i = 0; i < count; ++i)
        if (names[i] == wanted) return static_cast<Enum>(i);
    throw Error(ErrorCode::invalid_request,
                fmt::format("{} is {}, which does not exist.", field, pipeline::in_quotes(wanted)),
                pipeline::did_you_mean(wanted, names));
}

}  // namespace

std::string_view name(TaskType task) {
    return task_names.at(static_cast<std::size_t>(task));
}

TaskType task_type_from_name(std::string_view wanted) {
    return from_name<TaskType>("task_type", wanted, task_names);
}

std::string_view name(NoiseSource source) {
    return noise_source_names.at(static_cast<std::size_t>(source));
}

NoiseSource noise_source_from_name(std::string_view wanted) {
    return from_name<NoiseSource>("noise_source", wanted, noise_source_names);
}

std::string_view name(Thinking thinking) {
    return thinking_names.at(static_cast<std::size_t>(thinking));
}

Thinking thinking_from_name(std::string_view wanted) {
    return from_name<Thinking>("thinking", wanted, thinking_names);
}

std::string_view name(Precision precision) {
    return precision_names.at(static_cast<std::size_t>(precision));
}

Precision precision_from_name(std::string_view wanted) {
    return from_name<Precision>("precision", wanted, precision_names);
}

std::string_view name(WeightType type) {
    return weight_type_names.at(static_cast<std::size_t>(type));
}

WeightType weight_type_from_name(std::string_view wanted) {
    return from_name<WeightType>("type", wanted, weight_type_names);
}

}  // namespace acestep
