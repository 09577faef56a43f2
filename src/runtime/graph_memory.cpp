// What memory a graph takes, found by planning its allocation, and the allocation.
#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>

#include <ggml-cpu.h>

#include "onednn/backend.h"
#include "runtime/graph.h"

namespace acestep::runtime {
namespace {

/// GPU backends multiply in 16 bits and keep a buffer for what that takes: the activations, the
/// product before it is widened, and quantized weights unpacked. It is as large as the largest.
std::size_t conversion_bytes(ggml_cgraph* graph) {
    constexpr std::int64_t half = 2;
    std::int64_t most = 0;
    for (int i = 0; i < ggml_graph_n_nodes(graph); ++i) {
        const ggml_tensor* node = ggml_graph_node(graph, i);
        if (node->op != GGML_OP_MUL_MAT) continue;
        const ggml_tensor &weights = *node->src[0], &activations = *node->src[1];
        // Products in f32 copy only what does not lie in one piece.
        if (weights.type == GGML_TYPE_F32) {
            if (!ggml_is_contiguous(&activations))
                most = std::max(
                    most, static_cast<std::int64_t>(sizeof(float)) * ggml_nelements(&activations));
            continue;
        }
        std::int64_t values = ggml_nelements(&activations) + ggml_nelements(node);
        if (ggml_is_quantized(weights.type)) values += ggml_nelements(&weights);
        std::int64_t bytes = half * values;
        // Those of f16 are widened, to be summed in f32.
        if (weights.type == GGML_TYPE_F16)
            bytes += static_cast<std::int64_t>(sizeof(float)) * ggml_nelements(&weights);
        most = std::max(most, bytes);
    }
    return static_cast<std::size_t>(most);
}

/// Puts back what operations read: a scheduler with two backends points them at copies of its own,
/// which end with it.
class KeptSources {
public:
    explicit KeptSources(ggml_cgraph* graph) {
        for (int i = 0; i < ggml_graph_n_nodes(graph); ++i) {
            ggml_tensor* node = ggml_graph_node(graph, i);
            std::array<ggml_tensor*, GGML_MAX_SRC> sources{};
            std::copy(std::begin(node->src), std::end(node->src), sources.begin());
            kept_.emplace_back(node, sources);
        }
    }
    ~KeptSources() {
        for (const auto& [node, sources] : kept_)
            std::copy(sources.begin(), sources.end(), std::begin(node->src));
    }
    KeptSources(const KeptSources&) = delete;
    KeptSources& operator=(const KeptSources&) = delete;

private:
    std::vector<std::pair<ggml_tensor*, std::array<ggml_tensor*, GGML_MAX_SRC>>> kept_;
};

/// No fewer than nodes and leaves are. Most graphs are far below the number that they may have, and
/// a scheduler's tables are as large as it is told.
std::size_t most_tensors(ggml_cgraph* graph) {
    std::size_t count = 0;
    for (int i = 0; i < ggml_graph_n_nodes(graph); ++i) {
        const ggml_tensor* node = ggml_graph_node(graph, i);
        ++count;
        for (const ggml_tensor* source : node->src)
            if (source && source->op == GGML_OP_NONE) count += source->view_src ? 2 : 1;
    }
    return count;
}

}  // namespace

ggml_backend_sched_ptr Graph::new_scheduler() {
    // The scheduler prefers earlier ones, and asks for the processor at the end.
    std::array<ggml_backend_t, 2> backends = {backend_.get(), device_.host_backend()};
    const int count = device_.host_backend() ? 2 : 1;
    return ggml_backend_sched_ptr(ggml_backend_sched_new(backends.data(), nullptr, count,
                                                         most_tensors(graph_), false, false));
}

Graph::Needs Graph::needs() {
    const KeptSources kept(graph_);
    // With a scheduler of its own: one that only planned believes its buffers exist.
    const ggml_backend_sched_ptr planner = new_scheduler();
    std::array<std::size_t, 2> bytes{};
    ggml_backend_sched_reserve_size(planner.get(), graph_, bytes.data());
    if (device_.is_processor()) {
        // The processor's kernels convert activations in a work space of their own.
        bytes[0] += device_.has_own_kernels()
                        ? onednn::scratch_bytes(backend_.get(), graph_)
                        : ggml_graph_plan(graph_, device_.threads(), nullptr).work_size;
    } else if (device_.host_backend()) {
        bytes[0] += conversion_bytes(graph_);
    }
    return {static_cast<std::int64_t>(bytes[0]), static_cast<std::int64_t>(bytes[1])};
}

void Graph::take_memory_of(Graph& former) {
    assert(&former.device_ == &device_ && !scheduler_);
    scheduler_ = std::move(former.scheduler_);
    scheduled_tensors_ = former.scheduled_tensors_;
    lease_ = std::move(former.lease_);
    host_lease_ = std::move(former.host_lease_);
}

void Graph::book(const Needs& needed) {
    const std::size_t tensors = most_tensors(graph_);
    if (needed.device <= lease_.bytes() && needed.host <= host_lease_.bytes() &&
        tensors <= scheduled_tensors_)
        return;
    scheduler_.reset();
    scheduled_tensors_ = tensors;
    lease_.release();
    host_lease_.release();
    lease_ = device_.memory().book(needed.device, purpose_);
    if (needed.host > 0) host_lease_ = device_.host_memory().book(needed.host, purpose_);
}

void Graph::allocate() {
    const Needs needed = needs();
    book(needed);
    work_ = work(graph_, device_.speeds());
    if (device_.speeds().transfer > 0) {
        // Layers are brought while others are computed.
        const double bringing = static_cast<double>(streamed_bytes_) / device_.speeds().transfer;
        work_.seconds = std::max(work_.seconds, bringing);
    }
    if (device_.rehearses()) return;
    if (scheduler_)
        ggml_backend_sched_reset(scheduler_.get());
    else
        scheduler_ = new_scheduler();
    if (!ggml_backend_sched_alloc_graph(scheduler_.get(), graph_)) {
        throw_out_of_memory(device_.name(), needed.device, purpose_);
    }
}

}  // namespace acestep::runtime
