#include "cli/reports/plan_text.h"

#include <fmt/format.h>

#include "cli/texts.h"

namespace acestep::cli {
namespace {

std::string memory_of(std::int64_t memory_bytes, std::int64_t budget_bytes) {
    return memory_bytes > 0 ? fmt::format("{:.2f} GB, of which {:.2f} GB may be used",
                                          static_cast<double>(memory_bytes) / 1e9,
                                          static_cast<double>(budget_bytes) / 1e9)
                            : "memory without a limit";
}

std::string head(const Plan& plan) {
    const std::string tier = plan.tier.empty() ? "" : fmt::format(", {}", plan.tier);
    std::string text =
        fmt::format("{:g} s, {} song{} on {}: {}{}\n", plan.duration, plan.batch_size,
                    plan.batch_size == 1 ? "" : "s", texts::printable(plan.device),
                    memory_of(plan.memory_bytes, plan.budget_bytes), tier);
    for (const PlannedMemory& other : plan.devices) {
        if (other.device == plan.device || other.device == "cpu") continue;
        text += fmt::format("  and on {}: {}, at most {}\n", texts::printable(other.device),
                            memory_of(other.memory_bytes, other.budget_bytes),
                            texts::bytes(other.peak_bytes));
    }
    return text;
}

std::string table(const Plan& plan) {
    std::string text = fmt::format("  {:<10}{:<13}{:<8}{:<10}{:>10}{:>12}{:>12}{:>7}\n", "stage",
                                   "device", "type", "weights", "", "peak", "time", "tile");
    for (const StagePlan& stage : plan.stages) {
        text += fmt::format("  {:<10}{:<13}{:<8}{:<10}{:>10}{:>12}{:>12}{:>7}\n", name(stage.stage),
                            texts::printable(stage.device), stage.dtype, name(stage.residence),
                            texts::bytes(stage.weight_bytes), texts::bytes(stage.peak_bytes),
                            texts::seconds(stage.seconds),
                            stage.tile_frames > 0 ? std::to_string(stage.tile_frames) : "");
    }
    return text;
}

std::string ways(const Plan& plan) {
    std::string text = "\nNot taken\n";
    for (const RejectedWay& way : plan.rejected) {
        text += fmt::format("  {:<10}{:<13}{:<28}{:>10}{:>11}  {}\n", name(way.stage),
                            texts::printable(way.device), way.way, texts::bytes(way.peak_bytes),
                            texts::seconds(way.seconds), way.reason);
    }
    return text;
}

}  // namespace

std::string as_text(const Plan& plan, bool explain) {
    std::string text = head(plan) + table(plan);
    if (plan.fits) {
        text += fmt::format("  {:<10}{:>53}{:>12}\n", "all", texts::bytes(plan.peak_bytes),
                            texts::seconds(plan.seconds));
    } else {
        text += fmt::format("It does not fit. {} {}\n", plan.refusal, plan.suggestion);
    }
    if (plan.longest_duration > 0)
        text +=
            fmt::format("The longest song with these choices: {:g} s.\n", plan.longest_duration);
    if (explain) text += ways(plan);
    return text;
}

}  // namespace acestep::cli
