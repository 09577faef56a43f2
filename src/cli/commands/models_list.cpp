#include "cli/commands/models_list.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acestep/checkpoints.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string table(const std::vector<CheckpointEntry>& entries) {
    std::size_t width = 4;
    for (const CheckpointEntry& entry : entries) width = std::max(width, entry.name.size());
    std::string text =
        fmt::format("{:<{}}  {:<12}  {:>10}  {}\n", "name", width, "kind", "size", "where");
    for (const CheckpointEntry& entry : entries) {
        text += fmt::format("{:<{}}  {:<12}  {:>10}  {}\n", texts::printable(entry.name), width,
                            entry.kind, texts::bytes(entry.bytes),
                            texts::printable(entry.path.string()));
        if (!entry.problem.empty())
            text +=
                fmt::format("{:<{}}  not usable: {}\n", "", width, texts::printable(entry.problem));
    }
    return text;
}

std::string as_json(const std::vector<CheckpointEntry>& entries) {
    Json list = Json::array();
    for (const CheckpointEntry& entry : entries)
        list.push_back({{"name", entry.name},
                        {"kind", entry.kind},
                        {"path", entry.path.string()},
                        {"bytes", entry.bytes},
                        {"problem", entry.problem}});
    return list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

void list_models(const std::filesystem::path& folder, bool json) {
    const std::vector<CheckpointEntry> entries = list_checkpoints(folder);
    if (json)
        std::cout << as_json(entries);
    else
        std::cout << (entries.empty() ? texts::nothing_found(folder) + "\n" : table(entries));
}

}  // namespace acestep::cli
