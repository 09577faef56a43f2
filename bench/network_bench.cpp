// How fast the diffusion transformer takes a step and the detokenizer makes latents of codes, by
// weights in bf16 and in 8 bits, which take turns, and by ggml's kernels beside ours.
//
//     network_bench path/to/acestep-v15-turbo [--duration 60] [--runs 7] [--threads N] [--ggml]
//
// The weights lie in memory before anything is timed. `of peak` is the part of the speed of large
// products by such weights, measured before every run; `x bf16` and `x ggml` are the medians of
// what runs right after each other were to one another, since what else the machine does changes
// with time.
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
#include "runtime/device.h"
#include "runtime/speed_test.h"

namespace {

using namespace acestep;
using Clock = std::chrono::steady_clock;

// Of a request with a caption and some verses.
constexpr std::int64_t condition_tokens = 420;

struct Options {
    std::string checkpoint;
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
        if (word == "--duration")
            options.duration = std::max(1.0, std::atof(value));
        else if (word == "--runs")
            options.runs = std::max(1, std::atoi(value));
        else if (word == "--threads")
            options.threads = std::max(0, std::atoi(value));
        else
            throw Error(ErrorCode::invalid_request, fmt::format("There is no {}.", word));
        ++i;
    }
    if (options.checkpoint.empty())
        throw Error(ErrorCode::invalid_request,
                    "network_bench CHECKPOINT [--duration S] [--runs N] [--threads N] [--ggml]");
    return options;
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

/// What is measured.
struct Setting {
    const Options& options;
    const checkpoint::Checkpoint& checkpoint;
    const models::AceStepConfig& config;
    runtime::WeightPolicy policy;
    runtime::ProcessorKernels kernels;
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
        seconds_.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
        flops_ = device_->work().flops - flops;
    }

    /// Before anything counts: graphs are built, and weights read for the first time.
    void warm_up() { work(); }

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
    explicit Subject(const Setting& setting)
        : device_(runtime::Device::cpu(setting.options.threads, 0, setting.kernels)),
          timer_(*device_, runtime::type_of(setting.policy)) {}

    virtual void work() = 0;

    std::unique_ptr<runtime::Device> device_;

private:
    runtime::ProductTimer timer_;
    std::vector<double> seconds_, peak_flops_;
    double flops_ = 0;
};

/// With its weights in memory.
template <typename Network>
class Loaded : public Subject {
protected:
    explicit Loaded(const Setting& setting)
        : Subject(setting), network_(setting.checkpoint, setting.config, setting.policy) {
        network_.weights().load(*device_);
    }

    Network network_;
};

class Transformer : public Loaded<models::Dit> {
public:
    explicit Transformer(const Setting& setting) : Loaded(setting) {
        constexpr double frames_a_second = 25;
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

class Detokenizer : public Loaded<models::AudioDetokenizer> {
public:
    explicit Detokenizer(const Setting& setting)
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

template <typename Network>
void compare(const char* name, const Options& options, const checkpoint::Checkpoint& checkpoint,
             const models::AceStepConfig& config) {
    using enum runtime::ProcessorKernels;
    const auto subject = [&](runtime::WeightPolicy policy, runtime::ProcessorKernels kernels) {
        return std::make_unique<Network>(Setting{options, checkpoint, config, policy, kernels});
    };
    std::vector<std::unique_ptr<Network>> all;
    all.push_back(subject(runtime::WeightPolicy::bf16, own));
    all.push_back(subject(runtime::WeightPolicy::q8_0, own));
    if (options.ggml) all.push_back(subject(runtime::WeightPolicy::bf16, ggml));
    for (const auto& one : all) one->warm_up();
    for (int i = 0; i < options.runs; ++i)
        for (const auto& one : all) one->run();
    constexpr const char* labels[] = {"bf16", "8 bits", "bf16, ggml"};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Subject& one = *all[i];
        fmt::print("{:<14}{:<12}{:>9.1f} ms{:>9.1f} ms{:>10.0f}{:>8.0f} %{:>8.2f}x", name,
                   labels[i], one.best() * 1e3, one.middle() * 1e3, one.gflops(),
                   100 * one.share_of_peak(), one.times_as_fast_as(*all.front()));
        if (options.ggml) fmt::print("{:>8.2f}x", one.times_as_fast_as(*all.back()));
        fmt::print("\n");
    }
}

void compare_all(const Options& options) {
    const auto checkpoint = checkpoint::Checkpoint::open(options.checkpoint);
    const models::AceStepConfig config =
        models::read_acestep_config(checkpoint.config(), checkpoint.path().string());
    fmt::print("{:<26}{:>12}{:>12}{:>10}{:>10}{:>9}{}\n", fmt::format("{} s", options.duration),
               "best", "median", "GFLOP/s", "of peak", "x bf16", options.ggml ? "   x ggml" : "");
    compare<Transformer>("step", options, checkpoint, config);
    compare<Detokenizer>("detokenizer", options, checkpoint, config);
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
