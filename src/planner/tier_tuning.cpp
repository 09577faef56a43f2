#include "planner/tier_tuning.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "planner/message_text.h"
#include "planner/small_file.h"
#include "planner/tier_table.h"

namespace acestep::planner {
namespace {

using nlohmann::json;

constexpr std::size_t most_bytes = 64 * 1024;
constexpr int shortest_seconds = 10, longest_seconds = 600, most_songs = 8;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& sentence,
                         const std::string& hint) {
    throw Error(ErrorCode::invalid_request, fmt::format("{}: {}.", file.string(), sentence), hint);
}

/// A value of the file with the words to refuse it.
struct Value {
    const json& value;
    std::string key;  ///< "tier3.max_batch_with_lm"
    const std::filesystem::path& file;

    [[noreturn]] void refuse(const std::string& hint) const {
        const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
        planner::refuse(file, fmt::format("{} is {}", key, excerpt(text)), hint);
    }

    int integer(int lowest, int highest) const {
        const std::string hint =
            fmt::format("It has to be an integer of {} to {}.", lowest, highest);
        if (!value.is_number_integer()) refuse(hint);
        const auto number = value.is_number_unsigned() && value.get<std::uint64_t>() > most_bytes
                                ? std::int64_t{most_bytes}
                                : value.get<std::int64_t>();
        if (number < lowest || number > highest) refuse(hint);
        return static_cast<int>(number);
    }

    bool boolean() const {
        if (!value.is_boolean()) refuse("It has to be true or false.");
        return value.get<bool>();
    }

    std::string lm_size() const {
        if (!value.is_string() ||
            std::find(lm_sizes.begin(), lm_sizes.end(), value.get<std::string>()) == lm_sizes.end())
            refuse("The language models are \"0.6B\", \"1.7B\" and \"4B\".");
        return value.get<std::string>();
    }

    /// Ascending, each once.
    std::vector<std::string> list_of_lm_sizes() const {
        if (!value.is_array()) refuse("It has to be a list such as [\"0.6B\", \"1.7B\"].");
        std::set<std::string> given;
        for (const json& entry : value) given.insert(Value{entry, key, file}.lm_size());
        return {given.begin(), given.end()};
    }
};

template <class Field>
struct Key {
    const char* name;
    Field TierChange::*field;
};

constexpr Key<std::optional<int>> durations[] = {
    {"max_duration_with_lm", &TierChange::max_duration_with_lm},
    {"max_duration_without_lm", &TierChange::max_duration_without_lm},
};
constexpr Key<std::optional<int>> batches[] = {
    {"max_batch_with_lm", &TierChange::max_batch_with_lm},
    {"max_batch_without_lm", &TierChange::max_batch_without_lm},
};
constexpr Key<std::optional<bool>> switches[] = {
    {"lm_default_on", &TierChange::lm_default_on},
    {"offload_to_cpu", &TierChange::offload_to_cpu},
    {"offload_dit_to_cpu", &TierChange::offload_dit_to_cpu},
    {"quantize_int8", &TierChange::quantize_int8},
    {"compile", &TierChange::compile},
};

template <class Keys>
auto find(const Keys& keys, const std::string& name) {
    const auto found = std::find_if(std::begin(keys), std::end(keys),
                                    [&](const auto& key) { return name == key.name; });
    return found == std::end(keys) ? nullptr : &*found;
}

/// False when there is no such key.
bool read_member(const std::string& name, const Value& value, TierChange& change) {
    if (const auto* duration = find(durations, name))
        change.*duration->field = value.integer(shortest_seconds, longest_seconds);
    else if (const auto* batch = find(batches, name))
        change.*batch->field = value.integer(1, most_songs);
    else if (const auto* on_or_off = find(switches, name))
        change.*on_or_off->field = value.boolean();
    else if (name == "lm_models")
        change.lm_models = value.list_of_lm_sizes();
    else if (name == "recommended_lm")
        change.recommended_lm = value.lm_size();
    else
        return false;
    return true;
}

TierChange read_tier(const json& object, const std::filesystem::path& file) {
    const std::string hint =
        "A tier looks like {\"id\": \"tier3\", \"max_duration_with_lm\": 300}.";
    if (!object.is_object()) Value{object, "an entry of tiers", file}.refuse(hint);
    if (!object.contains("id") || !object["id"].is_string())
        Value{object, "a tier without an id", file}.refuse(hint);
    TierChange change;
    change.id = object["id"].get<std::string>();
    for (const auto& [key, value] : object.items()) {
        if (key == "id") continue;
        const std::string place = fmt::format("{}.{}", excerpt(change.id), excerpt(key));
        if (!read_member(key, {value, place, file}, change))
            refuse(file, fmt::format("{} is not known", place),
                   "'acestep tiers --markdown' lists what a tier may have.");
    }
    return change;
}

/// \throws Error{invalid_request} from `from_name`, with the file and the key in front.
template <class Name>
auto named(const Value& value, Name from_name, const char* hint) {
    if (!value.value.is_string()) value.refuse(hint);
    try {
        return from_name(value.value.get<std::string>());
    } catch (const Error&) {
        value.refuse(hint);
    }
}

json parse(std::string_view text, const std::filesystem::path& file) {
    std::vector<std::set<std::string>> names;
    const auto watch = [&](int, json::parse_event_t event, const json& parsed) {
        if (event == json::parse_event_t::object_start) names.emplace_back();
        if (event == json::parse_event_t::object_end) names.pop_back();
        if (event == json::parse_event_t::key && !names.back().insert(parsed).second)
            refuse(file, fmt::format("{} is there twice", in_quotes(parsed.get<std::string>())),
                   "Keep one of them.");
        return true;
    };
    json root;
    try {
        root = json::parse(text.begin(), text.end(), watch);
    } catch (const json::parse_error& error) {
        const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(
                                            text.size(), std::max<std::size_t>(error.byte, 1) - 1));
        refuse(file, fmt::format("line {} is no JSON", 1 + std::count(text.begin(), end, '\n')),
               "Look there for a missing or surplus comma, quote or bracket.");
    } catch (const json::out_of_range&) {
        refuse(file, "a number is larger than any that a tier may have", "");
    }
    if (!root.is_object())
        Value{root, "the file", file}.refuse("It has to be a JSON object with the member tiers.");
    return root;
}

void read_tiers(const Value& list, TierTuning& tuning) {
    if (!list.value.is_array()) list.refuse("It has to be a list of tiers.");
    for (const json& entry : list.value) {
        TierChange change = read_tier(entry, list.file);
        for (const TierChange& other : tuning.changes)
            if (other.id == change.id)
                refuse(list.file, fmt::format("the tier {} is there twice", in_quotes(change.id)),
                       "Keep one of them.");
        tuning.changes.push_back(std::move(change));
    }
}

}  // namespace

TierTuning tier_tuning_from_json(std::string_view text, const std::filesystem::path& file) {
    TierTuning tuning;
    tuning.file = file;
    const json root = parse(text, file);
    for (const auto& [key, member] : root.items()) {
        const Value value{member, key, file};
        if (key == "profile")
            tuning.profile =
                named(value, tier_profile_from_name, "It has to be \"classic\" or \"refined\".");
        else if (key == "boundaries")
            tuning.boundaries =
                named(value, tier_boundaries_from_name, "It has to be \"doc\" or \"code\".");
        else if (key == "tiers")
            read_tiers(value, tuning);
        else
            refuse(file, fmt::format("{} is not known", in_quotes(key)),
                   "The members are profile, boundaries and tiers.");
    }
    std::vector<Tier> table = shipped_tiers(tuning.profile_or_default());
    apply_tuning(tuning, table);
    return tuning;
}

}  // namespace acestep::planner

namespace acestep {

TierTuning load_tier_tuning(const std::filesystem::path& file) {
    return planner::tier_tuning_from_json(planner::read_small_file(file, planner::most_bytes),
                                          file);
}

}  // namespace acestep
