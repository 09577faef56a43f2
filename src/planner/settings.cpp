#include "planner/settings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/ascii.h"
#include "planner/message_text.h"

namespace acestep::planner {
namespace {

constexpr int most_songs = 8, most_tile_frames = 1 << 20;

/// The whole text as a finite number.
template <class Number>
std::optional<Number> to_number(std::string_view text) {
    text = trimmed(text);
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (!std::isfinite(static_cast<double>(number))) return std::nullopt;
    return number;
}

std::string ignored(const std::string& name, std::string_view value) {
    return fmt::format("Invalid {} value: {}, ignoring", name, excerpt(value));
}

class Reader {
public:
    Reader(const EnvironmentLookup& environment, std::vector<std::string>& warnings)
        : environment_(environment), warnings_(warnings) {}

    std::optional<std::string> raw(const std::string& name) const { return environment_(name); }

    /// Without blanks around it.
    std::string text(const std::string& name) const {
        return std::string(trimmed(raw(name).value_or("")));
    }

    std::optional<bool> boolean(const std::string& name) const {
        constexpr std::array<std::string_view, 5> true_words{"1", "true", "yes", "y", "on"};
        constexpr std::array<std::string_view, 5> false_words{"0", "false", "no", "n", "off"};
        const std::string word = ascii_lower(text(name));
        if (word.empty() || word == "auto") return std::nullopt;
        const auto is = [&](std::string_view known) { return word == known; };
        if (std::any_of(true_words.begin(), true_words.end(), is)) return true;
        if (std::none_of(false_words.begin(), false_words.end(), is))
            warnings_.push_back(
                fmt::format("{} is {}, which is taken for false.", name, in_quotes(text(name))));
        return false;
    }

    std::optional<int> integer(const std::string& name, int lowest, int highest) const {
        const std::string value = text(name);
        if (value.empty()) return std::nullopt;
        const std::optional<int> number = to_number<int>(value);
        if (number && *number >= lowest && *number <= highest) return number;
        warnings_.push_back(ignored(name, value));
        return std::nullopt;
    }

    /// "auto" is as good as none.
    std::string automatic_or_text(const std::string& name) const {
        const std::string value = text(name);
        return ascii_lower(value) == "auto" ? "" : value;
    }

private:
    const EnvironmentLookup& environment_;
    std::vector<std::string>& warnings_;
};

void read_simulation(const Reader& reader, TierSettings& settings) {
    struct Variable {
        const char* name;
        const char* memory;  ///< as the log calls it
        Platform platform;
    };
    constexpr Variable variables[] = {{"MAX_CUDA_VRAM", "GPU", Platform::cuda},
                                      {"MAX_MPS_VRAM", "MPS", Platform::mps},
                                      {"MAX_XPU_VRAM", "XPU", Platform::xpu}};
    for (const Variable& variable : variables) {
        const std::optional<std::string> value = reader.raw(variable.name);
        if (!value) continue;
        const std::optional<double> gib = to_number<double>(*value);
        if (!gib) {
            settings.warnings.push_back(ignored(variable.name, *value));
            continue;
        }
        settings.simulated = SimulatedMemory{*gib, variable.platform};
        settings.notes.push_back(fmt::format(
            "⚠️ DEBUG MODE: Simulating {} memory as {:.1f}GB (set via {} environment "
            "variable)",
            variable.memory, *gib, variable.name));
        return;
    }
}

// The engine is the same whatever the name, so a wrong one does no harm.
void read_backend(const Reader& reader, TierSettings& settings) {
    constexpr std::array<std::string_view, 4> known{"vllm", "pt", "mlx", "native"};
    const std::string backend = ascii_lower(reader.automatic_or_text("ACESTEP_LM_BACKEND"));
    if (backend.empty()) return;
    if (std::find(known.begin(), known.end(), backend) != known.end())
        settings.lm_backend = backend;
    else
        settings.warnings.push_back(ignored("ACESTEP_LM_BACKEND", backend));
}

}  // namespace

TierSettings tier_settings(const EnvironmentLookup& environment) {
    TierSettings settings;
    const Reader reader(environment, settings.warnings);
    read_simulation(reader, settings);
    read_backend(reader, settings);
    settings.init_llm = reader.boolean("ACESTEP_INIT_LLM");
    settings.offload_to_cpu = reader.boolean("ACESTEP_OFFLOAD_TO_CPU");
    settings.offload_dit_to_cpu = reader.boolean("ACESTEP_OFFLOAD_DIT_TO_CPU");
    settings.compile = reader.boolean("ACESTEP_COMPILE_MODEL");
    settings.vae_on_cpu = reader.boolean("ACESTEP_VAE_ON_CPU").value_or(false);
    settings.batch_size = reader.integer("ACESTEP_BATCH_SIZE", 1, most_songs);
    settings.vae_tile_frames =
        reader.integer("ACESTEP_VAE_DECODE_CHUNK_SIZE", 0, most_tile_frames).value_or(0);
    settings.diffusion_model = reader.text("ACESTEP_CONFIG_PATH");
    settings.lm_model = reader.text("ACESTEP_LM_MODEL_PATH");
    settings.device = reader.automatic_or_text("ACESTEP_DEVICE");
    settings.lm_device = reader.automatic_or_text("ACESTEP_LM_DEVICE");
    if (settings.lm_device.empty()) settings.lm_device = settings.device;
    settings.dit_device = reader.automatic_or_text("ACESTEP_DIT_DEVICE");
    settings.vae_device = reader.automatic_or_text("ACESTEP_VAE_DEVICE");
    settings.gpu_mapping = reader.automatic_or_text("ACESTEP_GPU_MAPPING");
    settings.checkpoints = reader.text("ACESTEP_CHECKPOINTS_DIR");
    return settings;
}

}  // namespace acestep::planner
