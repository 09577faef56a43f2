#include "models/lyric_heads.h"

#include <charconv>
#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/config_reader.h"

namespace acestep::models {
namespace {

constexpr const char* member = "lyric_alignment_layers_config";
constexpr double most_heads = 1 << 20;

const std::vector<AttentionHead> released_heads{{2, 6}, {3, 10}, {3, 11}, {4, 3},
                                                {5, 8}, {5, 9},  {6, 8}};
const std::vector<AttentionHead> extra_large_heads{
    {3, 18}, {3, 27}, {4, 22}, {5, 5}, {5, 6}, {5, 7}, {6, 2}, {6, 12}, {6, 13}, {7, 20}, {7, 21}};

/// {"2": [6], "3": [10, 11]}
std::vector<AttentionHead> configured_heads(const nlohmann::json& layers,
                                            const ConfigReader& reader) {
    if (!layers.is_object()) reader.fail(fmt::format("{} is no object", member));
    std::vector<AttentionHead> result;
    for (const auto& [name, heads] : layers.items()) {
        std::int64_t layer = -1;
        const char* const end = name.data() + name.size();
        const auto [stop, error] = std::from_chars(name.data(), end, layer);
        if (error != std::errc() || stop != end || layer < 0)
            reader.fail(fmt::format("{} has a layer that is no number", member));
        if (!heads.is_array()) reader.fail(fmt::format("layer {} of {} is no list", name, member));
        for (const nlohmann::json& head : heads) {
            if (!head.is_number_integer() || head.get<double>() < 0 ||
                head.get<double>() > most_heads)
                reader.fail(fmt::format("layer {} of {} contains {}", name, member, head.dump()));
            result.push_back({layer, head.get<std::int64_t>()});
        }
    }
    return result;
}

}  // namespace

std::vector<AttentionHead> read_lyric_heads(const nlohmann::json& config, const std::string& file,
                                            std::int64_t layers, std::int64_t heads,
                                            bool extra_large) {
    const ConfigReader reader(config, file);
    const std::vector<AttentionHead> known =
        reader.has(member) ? configured_heads(config.at(member), reader)
                           : (extra_large ? extra_large_heads : released_heads);
    std::set<AttentionHead> present;  // each once, in order
    for (const AttentionHead& head : known)
        if (head.layer < layers && head.head < heads) present.insert(head);
    return {present.begin(), present.end()};
}

}  // namespace acestep::models
