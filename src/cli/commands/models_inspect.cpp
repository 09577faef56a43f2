#include "cli/commands/models_inspect.h"

#include <algorithm>
#include <iostream>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "acestep/checkpoints.h"
#include "cli/texts.h"

namespace acestep::cli {
namespace {

using Json = nlohmann::ordered_json;

// A vocabulary can be a metadata value; --json has it in full.
constexpr std::size_t longest_value_shown = 100;

std::int64_t elements(const TensorSummary& tensor) {
    return std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1},
                           std::multiplies<>());
}

std::string shape_text(const TensorSummary& tensor) {
    return fmt::format("[{}]", fmt::join(tensor.shape, ", "));
}

std::string metadata_text(const CheckpointSummary& summary) {
    std::string text;
    for (const auto& [key, value] : summary.metadata) {
        const bool cut = value.size() > longest_value_shown;
        text +=
            fmt::format("{}: {}{}\n", texts::printable(key),
                        texts::printable(value.substr(0, longest_value_shown)), cut ? " …" : "");
    }
    return text;
}

std::string tensor_table(const std::vector<TensorSummary>& tensors) {
    std::size_t name_width = 4, shape_width = 5;
    for (const TensorSummary& tensor : tensors) {
        name_width = std::max(name_width, tensor.name.size());
        shape_width = std::max(shape_width, shape_text(tensor).size());
    }
    std::string text = fmt::format("{:<{}}  {:<6}  {:<{}}  {:>10}\n", "name", name_width, "type",
                                   "shape", shape_width, "size");
    for (const TensorSummary& tensor : tensors)
        text += fmt::format("{:<{}}  {:<6}  {:<{}}  {:>10}\n", texts::printable(tensor.name),
                            name_width, tensor.type, shape_text(tensor), shape_width,
                            texts::bytes(tensor.bytes));
    return text;
}

struct Totals {
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;
};

Totals totals(const std::vector<TensorSummary>& tensors) {
    Totals sum;
    for (const TensorSummary& tensor : tensors) {
        sum.parameters += elements(tensor);
        sum.bytes += tensor.bytes;
    }
    return sum;
}

std::string as_text(const CheckpointSummary& summary) {
    const Totals sum = totals(summary.tensors);
    return fmt::format("{}\n{}{}{} tensors, {:.2f} million parameters, {}\n", summary.format,
                       metadata_text(summary), tensor_table(summary.tensors),
                       summary.tensors.size(), static_cast<double>(sum.parameters) / 1e6,
                       texts::bytes(sum.bytes));
}

std::string as_json(const CheckpointSummary& summary) {
    const Totals sum = totals(summary.tensors);
    Json document{{"format", summary.format},
                  {"metadata", Json::object()},
                  {"tensors", Json::array()},
                  {"parameters", sum.parameters},
                  {"bytes", sum.bytes}};
    for (const auto& [key, value] : summary.metadata) document["metadata"][key] = value;
    for (const TensorSummary& tensor : summary.tensors)
        document["tensors"].push_back({{"name", tensor.name},
                                       {"type", tensor.type},
                                       {"shape", tensor.shape},
                                       {"bytes", tensor.bytes}});
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

void inspect_model(const std::filesystem::path& path, const std::string& filter, bool json) {
    CheckpointSummary summary = inspect_checkpoint(path);
    std::erase_if(summary.tensors, [&](const TensorSummary& tensor) {
        return tensor.name.find(filter) == std::string::npos;
    });
    std::cout << (json ? as_json(summary) : as_text(summary));
}

}  // namespace acestep::cli
