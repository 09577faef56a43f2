// How fast the diffusion transformer takes a step and the detokenizer makes latents of codes, by
// weights in bf16 and in 8 bits, which take turns, and how fast the autoencoder decodes; by ggml's
// kernels beside ours.
//
//     network_bench [path/to/acestep-v15-turbo] [--vae path/to/vae] [--duration 60] [--runs 7]
//                   [--threads N] [--ggml]
//
// `load` is what converting and ordering the weights takes, which lie in the file's pages of memory
// or not; everything else is timed when they are there. `of peak` is the part of the speed of large
// products by such weights (for the autoencoder's of f16: by bf16), measured before every run;
// `x first` and `x ggml` are the medians of what runs right after each other were to one another,
// since what else the machine does changes with time.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "acestep/error.h"
#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "models/audio_tokenizer.h"
#include "models/dit.h"
#include "models/vae.h"
#include "runtime/device.h"
#include "runtime/speed_test.h"

namespace {

using namespace acestep;
using Clock = std::chrono::steady_clock;

// Of a request with a caption and some verses.
constexpr std::int64_t condition_tokens = 420;
constexpr double frames_a_second = 25;

struct Options {
    std::string checkpoint, vae;
    double duration = 60;
    int runs = 7;
    int threads = 0;
    bool ggml = false;
};

Options read_options(int count, char** words) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        const char* const value = i + 1 < count ? words[i + 1] : "";
        if (word == "--ggml") {
            options.ggml = true;
            continue;
        }
        if (!word.starts_with("--")) {
            options.checkpoint = word;
            continue;
        }
        if (word == "--vae")
            options.vae = value;
        else if (word == "--duration")
            options.duration = std::max(1.0, std::atof(value));
        else if (word == "--runs")
            options.runs = std::max(1, std::atoi(value));
        else if (word == "--threads")
            options.threads = std::max(0, std::atoi(value));
        else
            throw Error(ErrorCode::invalid_request, fmt::format("There is no {}.", word));
        ++i;
    }
    if (options.checkpoint.empty() && options.vae.empty())
        throw Error(ErrorCode::invalid_request,
                    "network_bench [CHECKPOINT] [--vae CHECKPOINT] [--duration S] [--runs N] "
                    "[--threads N] [--ggml]");
    return options;
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Numbers of ordinary size.
Array some_numbers(const std::vector<std::int64_t>& shape) {
    Array array(shape);
    for (std::size_t i = 0; i < array.values.size(); ++i)
        array.values[i] = static_cast<float>((i * 2654435761u >> 8) % 1000) / 500.0f - 1.0f;
    return array;
}

/// What a network is measured with.
struct Variant {
    const char* label;
    runtime::WeightPolicy policy;
    runtime::ProcessorKernels kernels;
    ggml_type peak;  ///< the products whose speed is its peak
};

template <typename Config>
struct Setting {
    const Options& options;
    const checkpoint::Checkpoint& checkpoint;
    const Config& config;
    Variant variant;
};

/// A network on a device of its own, with what it does once.
class Subject {
public:
    virtual ~Subject() = default;

    void run() {
        peak_flops_.push_back(timer_.flops_per_second());
        const double flops = device_->work().flops;
        const auto begin = Clock::now();
        work();
        seconds_.push_back(seconds_since(begin));
        flops_ = device_->work().flops - flops;
    }

    /// Before anything counts: graphs are built, and weights read for the first time.
    void warm_up() { work(); }

    double load_seconds() const { return load_seconds_; }
    double best() const { return *std::min_element(seconds_.begin(), seconds_.end()); }
    double middle() const { return median(seconds_); }
    double gflops() const { return 1e-9 * flops_ / middle(); }
    double share_of_peak() const { return 1e9 * gflops() / median(peak_flops_); }
    /// How much longer the other one took.
    double times_as_fast_as(const Subject& other) const {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < seconds_.size(); ++i)
            ratios.push_back(other.seconds_[i] / seconds_[i]);
        return median(ratios);
    }

protected:
    Subject(const Options& options, const Variant& variant)
        : device_(runtime::Device::cpu(options.threads, 0, variant.kernels)),
          timer_(*device_, variant.peak) {}

    virtual void work() = 0;

    std::unique_ptr<runtime::Device> device_;
    double load_seconds_ = 0;

private:
    runtime::ProductTimer timer_;
    std::vector<double> seconds_, peak_flops_;
    double flops_ = 0;
};

/// With its weights in memory.
template <typename Network, typename Config>
class Loaded : public Subject {
protected:
    explicit Loaded(const Setting<Config>& setting)
        : Subject(setting.options, setting.variant),
          network_(setting.checkpoint, setting.config, setting.variant.policy) {
        const auto begin = Clock::now();
        network_.weights().load(*device_);
        load_seconds_ = seconds_since(begin);
    }

    Network network_;
};

class Transformer : public Loaded<models::Dit, models::AceStepConfig> {
public:
    explicit Transformer(const Setting<models::AceStepConfig>& setting) : Loaded(setting) {
        const models::AceStepConfig& config = setting.config;
        const auto frames = static_cast<std::int64_t>(setting.options.duration * frames_a_second) /
                            config.patch_size * config.patch_size;
        const models::DitCondition condition{
            .encoder_states = some_numbers({condition_tokens, config.encoder.hidden_size}),
            .context = some_numbers({frames, config.context_channels()})};
        run_.emplace(*device_, network_, std::span(&condition, 1));
        latents_ = some_numbers({1, frames, config.latent_channels});
    }

private:
    void work() override {
        const float timestep = 0.7f;
        run_->velocity(latents_, std::span(&timestep, 1), false);
    }

    std::optional<models::DitRun> run_;
    Array latents_;
};

class Detokenizer : public Loaded<models::AudioDetokenizer, models::AceStepConfig> {
public:
    explicit Detokenizer(const Setting<models::AceStepConfig>& setting)
        : Loaded(setting),
          codes_(static_cast<std::size_t>(setting.options.duration * codes_a_second)) {
        for (std::size_t i = 0; i < codes_.size(); ++i)
            codes_[i] = static_cast<std::int32_t>(static_cast<std::int64_t>(i) * 7919 %
                                                  setting.config.code_count());
    }

private:
    static constexpr double codes_a_second = 5;

    void work() override { network_.detokenize(*device_, network_.dequantize(*device_, codes_)); }

    std::vector<std::int32_t> codes_;
};

class Decoder : public Loaded<models::VaeDecoder, models::VaeConfig> {
public:
    explicit Decoder(const Setting<models::VaeConfig>& setting)
        : Loaded(setting),
          latents_(
              some_numbers({static_cast<std::int64_t>(setting.options.duration * frames_a_second),
                            setting.config.latent_channels})) {}

private:
    static constexpr std::int64_t tile_frames = 192;  // as the planner cuts a processor's songs

    void work() override {
        network_.decode(*device_, latents_, tile_frames, 0,
                        [](std::int64_t, std::span<const float>) {});
    }

    Array latents_;
};

/// `variants` in turns; the last one is ggml's if there is one of it.
template <typename Network, typename Config>
void compare(const char* name, const Options& options, const checkpoint::Checkpoint& checkpoint,
             const Config& config, const std::vector<Variant>& variants) {
    std::vector<std::unique_ptr<Network>> all;
    for (const Variant& variant : variants)
        if (options.ggml || variant.kernels == runtime::ProcessorKernels::own)
            all.push_back(
                std::make_unique<Network>(Setting<Config>{options, checkpoint, config, variant}));
    for (const auto& one : all) one->warm_up();
    for (int i = 0; i < options.runs; ++i)
        for (const auto& one : all) one->run();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Subject& one = *all[i];
        fmt::print("{:<14}{:<12}{:>9.1f} ms{:>9.1f} ms{:>9.1f} ms{:>10.0f}{:>8.0f} %{:>8.2f}x",
                   name, variants[i].label, one.load_seconds() * 1e3, one.best() * 1e3,
                   one.middle() * 1e3, one.gflops(), 100 * one.share_of_peak(),
                   one.times_as_fast_as(*all.front()));
        if (options.ggml) fmt::print("{:>8.2f}x", one.times_as_fast_as(*all.back()));
        fmt::print("\n");
    }
}

void compare_all(const Options& options) {
    using runtime::WeightPolicy;
    using enum runtime::ProcessorKernels;
    fmt::print("{:<26}{:>12}{:>12}{:>12}{:>10}{:>10}{:>9}{}\n",
               fmt::format("{} s", options.duration), "load", "best", "median", "GFLOP/s",
               "of peak", "x first", options.ggml ? "   x ggml" : "");
    if (!options.checkpoint.empty()) {
        const std::vector<Variant> variants = {
            {"bf16", WeightPolicy::bf16, own, GGML_TYPE_BF16},
            {"8 bits", WeightPolicy::q8_0, own, GGML_TYPE_Q8_0},
            {"bf16, ggml", WeightPolicy::bf16, ggml, GGML_TYPE_BF16}};
        const auto checkpoint = checkpoint::Checkpoint::open(options.checkpoint);
        const models::AceStepConfig config =
            models::read_acestep_config(checkpoint.config(), checkpoint.path().string());
        compare<Transformer>("step", options, checkpoint, config, variants);
        compare<Detokenizer>("detokenizer", options, checkpoint, config, variants);
    }
    if (!options.vae.empty()) {
        const std::vector<Variant> variants = {
            {"f16", WeightPolicy::f16, own, GGML_TYPE_BF16},
            {"f16, ggml", WeightPolicy::f16, ggml, GGML_TYPE_BF16}};
        const auto checkpoint = checkpoint::Checkpoint::open(options.vae);
        const models::VaeConfig config =
            models::read_vae_config(checkpoint.config(), checkpoint.path().string());
        compare<Decoder>("autoencoder", options, checkpoint, config, variants);
    }
}

}  // namespace

int main(int count, char** arguments) {
    try {
        compare_all(read_options(count, arguments));
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "network_bench: {}\n", failure.what());
        return 1;
    }
}
