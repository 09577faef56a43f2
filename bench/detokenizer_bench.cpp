// How fast audio codes become latents, by our kernels and by ggml's, which take turns.
//
//     detokenizer_bench path/to/acestep-v15-turbo [seconds of music] [threads]      (60, all)
//
// The weights lie in memory before anything is timed. The best and the median of some runs.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "checkpoint/checkpoint.h"
#include "models/acestep_config.h"
#include "models/audio_tokenizer.h"
#include "runtime/device.h"

namespace {

using namespace acestep;
using Clock = std::chrono::steady_clock;

constexpr int runs = 7;

/// The network on a device of its own.
class Subject {
public:
    Subject(const checkpoint::Checkpoint& checkpoint, const models::AceStepConfig& config,
            runtime::WeightPolicy policy, runtime::ProcessorKernels kernels, int threads)
        : device_(runtime::Device::cpu(threads, 0, kernels)),
          network_(checkpoint, config, policy) {
        network_.weights().load(*device_);
    }

    void run(const std::vector<std::int32_t>& codes) {
        const auto begin = Clock::now();
        network_.detokenize(*device_, network_.dequantize(*device_, codes));
        seconds_.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    }

    double best() const { return *std::min_element(seconds_.begin(), seconds_.end()); }
    double median() {
        std::sort(seconds_.begin(), seconds_.end());
        return seconds_[seconds_.size() / 2];
    }

private:
    std::unique_ptr<runtime::Device> device_;
    models::AudioDetokenizer network_;
    std::vector<double> seconds_;
};

void compare(const checkpoint::Checkpoint& checkpoint, double music_seconds, int threads) {
    const models::AceStepConfig config = models::read_acestep_config(checkpoint.config(), checkpoint.path().string());
    std::vector<std::int32_t> codes(static_cast<std::size_t>(music_seconds * 5));
    for (std::size_t i = 0; i < codes.size(); ++i)
        codes[i] = static_cast<std::int32_t>(i * 7919 % config.code_count());
    fmt::print("{} codes{:>20}{:>14}{:>12}{:>14}{:>8}\n", codes.size(), "best", "median", "ggml",
               "median", "ratio");
    for (const auto& [name, policy] : {std::pair{"bf16", runtime::WeightPolicy::bf16},
                                       {"q8_0", runtime::WeightPolicy::q8_0}}) {
        Subject ours(checkpoint, config, policy, runtime::ProcessorKernels::own, threads);
        Subject ggml(checkpoint, config, policy, runtime::ProcessorKernels::ggml, threads);
        for (int i = 0; i < runs; ++i) {
            ours.run(codes);
            ggml.run(codes);
        }
        fmt::print("{:<9}{:>18.1f} ms{:>11.1f} ms{:>9.1f} ms{:>11.1f} ms{:>7.2f}x\n", name,
                   ours.best() * 1e3, ours.median() * 1e3, ggml.best() * 1e3, ggml.median() * 1e3,
                   ggml.median() / ours.median());
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        fmt::print(stderr, "detokenizer_bench CHECKPOINT [SECONDS] [THREADS]\n");
        return 2;
    }
    try {
        compare(checkpoint::Checkpoint::open(arguments[1]),
                count > 2 ? std::max(1.0, std::atof(arguments[2])) : 60,
                count > 3 ? std::max(0, std::atoi(arguments[3])) : 0);
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "detokenizer_bench: {}\n", failure.what());
        return 1;
    }
}
