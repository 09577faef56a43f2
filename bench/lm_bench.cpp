// How fast the language model writes audio codes, beside what reading its weights takes.
//
//     lm_bench path/to/acestep-5Hz-lm-0.6B [--types bf16,q8_0] [--context 400] [--steps 20]
//              [--threads N] [--ggml]
//
// make_random_checkpoint.py --lm 0.6B writes such a folder. For each type of the weights and for 1,
// 2, 4 and 8 songs, without and with guidance (twice the rows), prints the time of a step (network,
// choice), tokens a second of all songs together, and how many times the bound a step takes. The
// bound is the bytes that a step has to read (weights, the rows of the output matrix that codes
// need, cached keys and values) at the rate at which the same threads sum up the same weights,
// measured in the same run. Types take turns; `x faster` compares them with the first. --ggml adds
// the same steps by ggml's own kernels.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "acestep/error.h"
#include "checkpoint/checkpoint.h"
#include "lm/guidance.h"
#include "lm/sampler.h"
#include "lm/seen_tokens.h"
#include "lm/step_random.h"
#include "models/decoder.h"
#include "models/kv_cache.h"
#include "models/language_model.h"
#include "runtime/device.h"

namespace {

using namespace acestep;
using models::Decoder;
using Clock = std::chrono::steady_clock;

// Of the released vocabulary: the end of a turn, then a few other tokens, then the valid codes.
constexpr std::int32_t end_of_turn = 151645, codes_begin = 151669, codes_end = 215669;

struct Options {
    std::string checkpoint;
    std::vector<std::string> types = {"bf16", "q8_0"};
    std::int64_t context = 400;
    int steps = 20;
    int threads = 0;
    bool ggml = false;
};

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

std::int64_t matrix_bytes(const models::LanguageModel& model, models::HeadRange head) {
    std::int64_t bytes = 0;
    for (const ggml_tensor* tensor :
         const_cast<models::LanguageModel&>(model).weights().tensors()) {
        const bool is_table = std::string_view(ggml_get_name(tensor)) == "embed_tokens.weight";
        bytes += is_table ? static_cast<std::int64_t>(tensor->nb[1]) * head.size()
                          : static_cast<std::int64_t>(ggml_nbytes(tensor));
    }
    return bytes;
}

/// Bytes a second at which the pool's threads sum up the model's weights, the best of some runs.
double read_bandwidth(runtime::Device& device, models::LanguageModel& model) {
    struct Piece {
        const std::uint64_t* begin;
        std::size_t words;
    };
    std::vector<Piece> pieces;
    std::size_t bytes = 0;
    constexpr std::size_t piece_words = 1 << 17;  // 1 MB
    for (const ggml_tensor* tensor : model.weights().tensors()) {
        const auto* words = static_cast<const std::uint64_t*>(tensor->data);
        std::size_t left = ggml_nbytes(tensor) / sizeof(std::uint64_t);
        bytes += left * sizeof(std::uint64_t);
        for (; left > 0; words += std::min(left, piece_words), left -= std::min(left, piece_words))
            pieces.push_back({words, std::min(left, piece_words)});
    }
    std::vector<std::uint64_t> sums(pieces.size());
    double best = 0;
    for (int run = 0; run < 4; ++run) {
        const auto begin = Clock::now();
        device.pool().run(static_cast<std::int64_t>(pieces.size()), [&](std::int64_t i) {
            const Piece& piece = pieces[static_cast<std::size_t>(i)];
            sums[static_cast<std::size_t>(i)] =
                std::accumulate(piece.begin, piece.begin + piece.words, std::uint64_t{0});
        });
        best = std::max(best, static_cast<double>(bytes) / seconds_since(begin));
    }
    // Looked at, so that no compiler leaves the sums out.
    volatile std::uint64_t total = std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
    (void)total;
    return best;
}

struct StepTimes {
    double network = 0, choice = 0;  ///< seconds, medians
};

class Bench {
public:
    Bench(runtime::Device& device, const models::LanguageModel& model, const Options& options)
        : device_(device), model_(model), options_(options) {
        const auto vocabulary = static_cast<std::int32_t>(model.config().vocabulary);
        if (vocabulary < codes_end) {
            throw Error(ErrorCode::unsupported,
                        fmt::format("The vocabulary has {} tokens; the released models have more.",
                                    vocabulary));
        }
        head_ = {end_of_turn, codes_end};
        open_ = lm::TokenSet::interval(codes_begin, codes_end);
    }

    models::HeadRange head() const { return head_; }

    /// Bytes of cached keys and values that a step reads for each row.
    std::int64_t row_bytes() const {
        return models::KvCache::bytes(model_.config(), model_.cache_type(), options_.context);
    }

    StepTimes step(int songs, bool guided, Decoder::Kernels kernels) {
        const int rows = guided ? 2 * songs : songs;
        const std::int64_t slot = options_.context + options_.steps + 3;
        models::KvCache cache(device_, model_.config(), model_.cache_type(), slot * rows);
        Decoder decoder(device_, model_, cache, kernels);
        const auto vocabulary = static_cast<std::size_t>(model_.config().vocabulary);
        std::vector<std::vector<float>> logits(static_cast<std::size_t>(rows),
                                               std::vector<float>(vocabulary));
        std::vector<double> network, choice;
        std::vector<std::int32_t> last(static_cast<std::size_t>(rows), codes_begin);
        for (int step = 0; step < options_.steps + 2; ++step) {
            // What stands in the cache does not matter to the time; the context is taken as read.
            const std::int64_t length = options_.context + step;
            std::vector<models::NewToken> batch;
            for (int row = 0; row < rows; ++row) {
                const std::int64_t begin = slot * row;
                const auto index = static_cast<std::size_t>(row);
                batch.push_back({.id = last[index],
                                 .position = length,
                                 .row = begin + length,
                                 .visible = {{0, 0}, {begin, length + 1}},
                                 .logits = std::span(logits[index])
                                               .subspan(static_cast<std::size_t>(head_.begin),
                                                        static_cast<std::size_t>(head_.size()))});
            }
            const auto begin = Clock::now();
            decoder.step(batch, head_);
            const auto chosen = Clock::now();
            device_.pool().run(songs, [&](std::int64_t song) {
                choose(static_cast<int>(song), songs, guided, step, logits, last);
            });
            if (step < 2) continue;  // the first builds the graph
            network.push_back(std::chrono::duration<double>(chosen - begin).count());
            choice.push_back(seconds_since(chosen));
        }
        return {median(network), median(choice)};
    }

private:
    void choose(int song, int songs, bool guided, int step, std::vector<std::vector<float>>& logits,
                std::vector<std::int32_t>& last) {
        const auto own = static_cast<std::size_t>(song);
        const auto other = static_cast<std::size_t>(song + songs);
        const lm::TokenChoice open(open_);
        if (guided) lm::combine_guided(logits[own], logits[other], 2.0f, open, logits[own]);
        const lm::StepKey key{.seed = static_cast<std::uint64_t>(song),
                              .step = static_cast<std::uint64_t>(step)};
        last[own] = samplers_[own].draw(logits[own], open, seen_, lm::uniform(key));
        if (guided) last[other] = last[own];
    }

    runtime::Device& device_;
    const models::LanguageModel& model_;
    const Options& options_;
    models::HeadRange head_;
    lm::TokenSet open_;
    std::vector<lm::Sampler> samplers_ =
        std::vector<lm::Sampler>(8, lm::Sampler(lm::SamplerSettings{}));  ///< one for each song
    lm::SeenTokens seen_;
};

runtime::WeightPolicy policy_of(const std::string& type) {
    if (type == "f32") return runtime::WeightPolicy::f32;
    if (type == "bf16") return runtime::WeightPolicy::bf16;
    if (type == "f16") return runtime::WeightPolicy::f16;
    if (type == "q8_0") return runtime::WeightPolicy::q8_0;
    throw Error(ErrorCode::invalid_request, fmt::format("There is no type \"{}\".", type));
}

/// A type of weights that is measured.
struct Subject {
    Subject(runtime::Device& device, const checkpoint::Checkpoint& checkpoint,
            const std::string& type_name, const Options& options)
        : type(type_name),
          model(checkpoint, policy_of(type_name)),
          bench(device, model, options),
          weights(matrix_bytes(model, bench.head())) {
        model.weights().load(device);
    }

    std::string type;
    models::LanguageModel model;
    Bench bench;
    std::int64_t weights;  ///< bytes of them that a step reads
};

struct Measured {
    std::vector<double> network, choice, bandwidth;
    double seconds() const { return median(network) + median(choice); }
};

/// All types with so many rows, in turns: what else the machine does meets them alike.
void run_shape(runtime::Device& device, std::vector<std::unique_ptr<Subject>>& subjects, int songs,
               bool guided, Decoder::Kernels kernels) {
    constexpr int turns = 3;
    std::vector<Measured> measured(subjects.size());
    for (int turn = 0; turn < turns; ++turn) {
        for (std::size_t i = 0; i < subjects.size(); ++i) {
            const StepTimes times = subjects[i]->bench.step(songs, guided, kernels);
            measured[i].network.push_back(times.network);
            measured[i].choice.push_back(times.choice);
            measured[i].bandwidth.push_back(read_bandwidth(device, subjects[i]->model));
        }
    }
    const int rows = guided ? 2 * songs : songs;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        const Subject& subject = *subjects[i];
        const double total = measured[i].seconds();
        const double bound =
            static_cast<double>(subject.weights + rows * subject.bench.row_bytes()) /
            median(measured[i].bandwidth);
        fmt::print(
            "{:>5} {:>7} {:>5} {:>8} {:>9.1f} {:>9.1f} {:>8.2f} {:>9.1f} {:>9.2f} {:>9.2f}\n",
            songs, guided ? "yes" : "no", subject.type,
            kernels == Decoder::Kernels::ggml ? "ggml" : "ours", total * 1e3, bound * 1e3,
            total / bound, songs / total, 100 * median(measured[i].choice) / total,
            measured[0].seconds() / total);
    }
    std::fflush(stdout);
}

void run(const Options& options, const checkpoint::Checkpoint& checkpoint) {
    const auto device = runtime::Device::cpu(options.threads);
    std::vector<std::unique_ptr<Subject>> subjects;
    for (const std::string& type : options.types)
        subjects.push_back(std::make_unique<Subject>(*device, checkpoint, type, options));
    for (const auto& subject : subjects)
        fmt::print("{}: {:.2f} GB a step\n", subject->type,
                   static_cast<double>(subject->weights) / 1e9);
    fmt::print("{} threads\n\n{:>5} {:>7} {:>5} {:>8} {:>9} {:>9} {:>8} {:>9} {:>9} {:>9}\n",
               device->threads(), "songs", "guided", "type", "kernels", "step ms", "bound ms",
               "x bound", "tokens/s", "choice %", "x faster");
    for (const int songs : {1, 2, 4, 8}) {
        for (const bool guided : {false, true}) {
            run_shape(*device, subjects, songs, guided, Decoder::Kernels::automatic);
            if (options.ggml) run_shape(*device, subjects, songs, guided, Decoder::Kernels::ggml);
        }
    }
}

Options read_options(int count, char** words) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const std::string value = i + 1 < count ? words[i + 1] : "";
        if (word == "--ggml") {
            options.ggml = true;
        } else if (!word.starts_with("--")) {
            options.checkpoint = word;
        } else {
            if (word == "--types") {
                options.types.clear();
                for (std::size_t at = 0; at <= value.size();) {
                    const std::size_t end = std::min(value.find(',', at), value.size());
                    options.types.push_back(value.substr(at, end - at));
                    at = end + 1;
                }
            } else if (word == "--context") {
                options.context = std::stoll(value);
            } else if (word == "--steps") {
                options.steps = std::stoi(value);
            } else if (word == "--threads") {
                options.threads = std::stoi(value);
            } else {
                throw Error(ErrorCode::invalid_request, fmt::format("There is no {}.", word));
            }
            ++i;
        }
    }
    if (options.checkpoint.empty())
        throw Error(ErrorCode::invalid_request, "Name the folder of a language model.");
    return options;
}

}  // namespace

int main(int count, char** words) {
    try {
        const Options options = read_options(count, words);
        const auto checkpoint = checkpoint::Checkpoint::open(options.checkpoint);
        run(options, checkpoint);
    } catch (const std::exception& error) {
        fmt::print(stderr, "lm_bench: {}\n", error.what());
        return 1;
    }
}
