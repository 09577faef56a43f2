// Runs a language model over a cache: prompts in one pass, then new tokens of all sequences at
// once.
//
//     KvCache cache(device, model.config(), model.cache_type(), 300);
//     Decoder decoder(device, model, cache);
//     decoder.read_prompt(prompt, 0, range, logits);                 // rows 0 … 9, say
//     decoder.step({{.id = 25, .position = 10, .row = 10, .visible = {{0, 10}, {10, 1}},
//                    .logits = logits}}, range);
//
// A token's row has to lie in its own visible range, as the last row of it. Graphs are kept for the
// shapes that come again.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "models/cached_attention.h"
#include "models/kv_cache.h"
#include "models/language_model.h"
#include "runtime/device.h"

namespace acestep::models {

struct NewToken {
    std::int32_t id = 0;
    std::int64_t position = 0;  ///< in its sequence, from 0
    std::int64_t row = 0;       ///< of the cache, where its keys and values go
    VisibleRows visible;
    /// Where its logits go, as many as the range has; blank: they are not wanted.
    std::span<float> logits;
};

class Decoder {
public:
    enum class Kernels {
        automatic,  ///< ours on a processor, else ggml's
        ggml,
    };

    /// All three have to outlive the decoder; the weights have to be loaded.
    Decoder(runtime::Device& device, const LanguageModel& model, KvCache& cache,
            Kernels kernels = Kernels::automatic);
    ~Decoder();

    /// Reads a whole text, positions from 0, into rows `first_row` … of the cache. `logits`: of
    /// what may follow its last token, as many as `range` has. \throws Error{cancelled,
    /// out_of_memory}
    void read_prompt(std::span<const std::int32_t> ids, std::int64_t first_row, HeadRange range,
                     std::span<float> logits);
    /// The same for every token: logits `[ids, range]`. They take memory; for long texts give the
    /// first position that matters, `from`, and get `[ids − from, range]`.
    Array read_with_all_logits(std::span<const std::int32_t> ids, std::int64_t first_row,
                               HeadRange range, std::int64_t from = 0);
    /// One pass over new tokens, at least one, of any sequences. \throws Error{cancelled,
    /// out_of_memory}
    void step(std::span<const NewToken> tokens, HeadRange range);

private:
    struct StepGraph;
    StepGraph& step_graph(std::int64_t tokens, std::int64_t with_logits, HeadRange range);

    runtime::Device& device_;
    const LanguageModel& model_;
    KvCache& cache_;
    bool uses_pool_;
    std::list<std::unique_ptr<StepGraph>> graphs_;  ///< last used first
};

}  // namespace acestep::models
