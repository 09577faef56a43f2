#include "checkpoint/json_text.h"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "base/mapped_file.h"
#include "checkpoint/file_error.h"
#include "checkpoint/printable.h"

namespace acestep::checkpoint {
namespace {

// A config.json has some kilobytes; parsed values take some ten times the text.
constexpr std::size_t max_config_bytes = 1 << 20;
constexpr int max_config_depth = 32;

// Watches the parser: ends it at too deep a level or at a name that an object already has.
class Guard {
public:
    Guard(const std::string& file, std::string_view part, DuplicateNames duplicates, int max_depth)
        : file_(file), part_(part), duplicates_(duplicates), max_depth_(max_depth) {}

    void observe(nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start || event == Event::array_start) {
            if (static_cast<int>(names_.size()) == max_depth_) {
                fail_corrupt(file_,
                             fmt::format("{} is nested deeper than {} levels", part_, max_depth_));
            }
            names_.emplace_back();
        } else if (event == Event::object_end || event == Event::array_end) {
            names_.pop_back();
        } else if (event == Event::key && duplicates_ == DuplicateNames::refused) {
            const auto& name = parsed.get_ref<const std::string&>();
            if (!names_.back().insert(name).second)
                fail_corrupt(file_, fmt::format("{} has {} twice", part_, printable(name)));
        }
    }

private:
    const std::string& file_;
    std::string_view part_;
    DuplicateNames duplicates_;
    int max_depth_;
    std::vector<std::set<std::string>> names_;  // one per open level
};

}  // namespace

nlohmann::json parse_json_object(std::string_view text, const std::string& file,
                                 std::string_view part, DuplicateNames duplicates, int max_depth) {
    Guard guard(file, part, duplicates, max_depth);
    const auto observe = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        guard.observe(event, parsed);
        return true;  // keep everything
    };
    nlohmann::json value;
    try {
        value = nlohmann::json::parse(text.begin(), text.end(), observe);
    } catch (const nlohmann::json::parse_error& error) {
        fail_corrupt(file, fmt::format("{} is not JSON from byte {} on", part, error.byte));
    } catch (const nlohmann::json::exception&) {
        fail_corrupt(file, fmt::format("{} has a number that is too large", part));
    }
    if (!value.is_object()) fail_corrupt(file, fmt::format("{} is not a JSON object", part));
    return value;
}

nlohmann::json parse_config(std::string_view text, const std::string& file) {
    if (text.size() > max_config_bytes) {
        fail_corrupt(file, fmt::format("its configuration has {} bytes, and the most is {}",
                                       text.size(), max_config_bytes));
    }
    return parse_json_object(text, file, "its configuration", DuplicateNames::last_wins,
                             max_config_depth);
}

nlohmann::json read_config(const std::filesystem::path& path) {
    return parse_config(MappedFile(path).text(), path.string());
}

}  // namespace acestep::checkpoint
