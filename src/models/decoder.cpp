#include "models/decoder.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace acestep::models {
namespace {

// The plan of a song alternates between few shapes: one token or a forced run, few head ranges.
constexpr std::size_t most_graphs = 4;
// A layer is some thirty operations.
constexpr std::size_t most_nodes = 8192;

}  // namespace

/// The graph for so many tokens, of which so many want logits of one range.
struct Decoder::StepGraph {
    StepGraph(Decoder& decoder, std::int64_t token_count, std::int64_t logit_count,
              HeadRange head_range);

    std::int64_t tokens, with_logits;
    HeadRange range;
    runtime::Graph graph;
    ggml_tensor *ids, *positions, *rows, *wanted;
    std::unique_ptr<Sight> sight;
    ggml_tensor* logits;
};

Decoder::StepGraph::StepGraph(Decoder& decoder, std::int64_t token_count, std::int64_t logit_count,
                              HeadRange head_range)
    : tokens(token_count),
      with_logits(logit_count),
      range(head_range),
      graph(decoder.device_, "Writing with the language model", most_nodes) {
    if (decoder.uses_pool_) graph.use_pool();
    ids = graph.input(GGML_TYPE_I32, {tokens});
    positions = graph.input(GGML_TYPE_I32, {tokens});
    rows = graph.input(GGML_TYPE_I64, {tokens});
    sight = std::make_unique<Sight>(graph, tokens, decoder.cache_.rows());
    ggml_tensor* h =
        decoder.model_.continue_sequences(graph, decoder.model_.embed(graph, ids), decoder.cache_,
                                          positions, rows, *sight);  // [tokens, H]
    wanted = logits = nullptr;
    if (with_logits == 0) {
        graph.require(h);
    } else {
        if (with_logits < tokens) {
            wanted = graph.input(GGML_TYPE_I32, {with_logits});
            h = ggml_get_rows(graph.context(), h, wanted);
        }
        logits = graph.output(decoder.model_.logits(graph, h, range));
    }
    graph.allocate();
}

Decoder::Decoder(runtime::Device& device, const LanguageModel& model, KvCache& cache,
                 Kernels kernels)
    : device_(device),
      model_(model),
      cache_(cache),
      uses_pool_(kernels == Kernels::automatic && device.has_own_kernels() && model.has_kernels()) {
}

Decoder::~Decoder() = default;

void Decoder::read_prompt(std::span<const std::int32_t> ids, std::int64_t first_row,
                          HeadRange range, std::span<float> logits) {
    assert(logits.size() == static_cast<std::size_t>(range.size()));
    const auto last = static_cast<std::int64_t>(ids.size()) - 1;
    const Array result = read_with_all_logits(ids, first_row, range, last);
    std::copy(result.values.begin(), result.values.end(), logits.begin());
}

Array Decoder::read_with_all_logits(std::span<const std::int32_t> ids, std::int64_t first_row,
                                    HeadRange range, std::int64_t from) {
    const auto length = static_cast<std::int64_t>(ids.size());
    assert(from >= 0 && from < length && first_row + length <= cache_.rows());
    runtime::Graph graph(device_, "Reading with the language model", most_nodes);
    ggml_tensor* tokens = graph.input(GGML_TYPE_I32, {length});
    ggml_tensor* h =
        model_.read_prompt(graph, model_.embed(graph, tokens), cache_, first_row);  // [length, H]
    h = ggml_view_2d(graph.context(), h, h->ne[0], length - from, h->nb[1],
                     static_cast<std::size_t>(from) * h->nb[1]);
    ggml_tensor* logits = graph.output(model_.logits(graph, h, range));
    graph.allocate();
    graph.set(tokens, ids);
    graph.run();
    return graph.get(logits, {length - from, range.size()});
}

Decoder::StepGraph& Decoder::step_graph(std::int64_t tokens, std::int64_t with_logits,
                                        HeadRange range) {
    const auto found = std::find_if(graphs_.begin(), graphs_.end(), [&](const auto& graph) {
        return graph->tokens == tokens && graph->with_logits == with_logits &&
               (with_logits == 0 || graph->range == range);
    });
    if (found != graphs_.end()) {
        graphs_.splice(graphs_.begin(), graphs_, found);
    } else {
        // Before a new one is made, so that no more memory is held than these take.
        if (graphs_.size() == most_graphs) graphs_.pop_back();
        graphs_.push_front(std::make_unique<StepGraph>(*this, tokens, with_logits, range));
    }
    return *graphs_.front();
}

void Decoder::step(std::span<const NewToken> tokens, HeadRange range) {
    std::vector<std::int32_t> ids, positions, wanted;
    std::vector<std::int64_t> rows;
    std::vector<VisibleRows> visible;
    for (const NewToken& token : tokens) {
        assert(token.row == token.visible.own.begin + token.visible.own.count - 1);
        if (!token.logits.empty()) wanted.push_back(static_cast<std::int32_t>(ids.size()));
        ids.push_back(token.id);
        positions.push_back(static_cast<std::int32_t>(token.position));
        rows.push_back(token.row);
        visible.push_back(token.visible);
    }
    StepGraph& step = step_graph(static_cast<std::int64_t>(ids.size()),
                                 static_cast<std::int64_t>(wanted.size()), range);
    step.graph.set(step.ids, ids);
    step.graph.set(step.positions, positions);
    step.graph.set(step.rows, rows);
    if (step.wanted) step.graph.set(step.wanted, wanted);
    step.sight->fill(step.graph, visible);
    step.graph.run();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        step.graph.get_row(step.logits, static_cast<std::int64_t>(i),
                           tokens[static_cast<std::size_t>(wanted[i])].logits);
    }
}

}  // namespace acestep::models
