#include "runtime/graph.h"

#include <cassert>
#include <cstring>
#include <new>
#include <numeric>

#include <fmt/format.h>

#include "acestep/error.h"
#include "onednn/backend.h"
#include "runtime/ggml_messages.h"

namespace acestep::runtime {
namespace {

template <typename T>
std::vector<std::byte> to_bytes(std::span<const T> values) {
    std::vector<std::byte> bytes(values.size_bytes());
    std::memcpy(bytes.data(), values.data(), values.size_bytes());
    return bytes;
}

std::vector<ggml_fp16_t> to_half(std::span<const float> values) {
    std::vector<ggml_fp16_t> half(values.size());
    ggml_fp32_to_fp16_row(values.data(), half.data(), static_cast<std::int64_t>(values.size()));
    return half;
}

/// Lets the backend compute on the calling thread alone for a while.
class CallerOnly {
public:
    CallerOnly(Device& device, bool active) : device_(device), active_(active) {
        if (active_) onednn::set_threads(device_.backend(), 1);
    }
    ~CallerOnly() {
        if (active_) onednn::set_threads(device_.backend(), device_.threads());
    }
    CallerOnly(const CallerOnly&) = delete;
    CallerOnly& operator=(const CallerOnly&) = delete;

private:
    Device& device_;
    bool active_;
};

// An accelerator is stopped after so many operations to look whether the request is cancelled:
// seldom enough to cost nothing, and often enough for the slowest that anybody would wait for.
constexpr int nodes_without_looking = 256;

/// ggml's signature for an operation of ours: a copy that only the processor can make.
void copy_on_host(ggml_tensor* result, const ggml_tensor* source, int, int, void*) {
    std::memcpy(result->data, source->data, ggml_nbytes(source));
}

ggml_tensor* windows_of(ggml_context* context, ggml_tensor* source, const Shape& shape,
                        const std::vector<std::size_t>& strides) {
    assert(shape.size() == strides.size() && !shape.empty() && shape.size() <= 4);
    // ggml's own view functions refuse rows that overlap, because they compare the number of
    // elements with the source; kernels only follow `ne` and `nb`, so these are set afterwards.
    ggml_tensor* view = ggml_view_1d(context, source, 1, 0);
    const std::size_t dimensions = shape.size();
    for (std::size_t i = 0; i < 4; ++i) {
        const bool given = i < dimensions;
        view->ne[i] = given ? shape[dimensions - 1 - i] : 1;
        // A single row has no next one. It gets the stride of packed rows, because that is what
        // kernels take such a tensor for.
        const bool follows = i > 0 && view->ne[i] == 1;
        const std::size_t packed =
            i == 0 ? view->nb[0] : view->nb[i - 1] * static_cast<std::size_t>(view->ne[i - 1]);
        view->nb[i] = given && !follows ? strides[dimensions - 1 - i] : packed;
    }
    assert(ggml_nbytes(view) <= ggml_nbytes(source));
    return view;
}

}  // namespace

Graph::Graph(Device& device, std::string purpose, std::size_t max_nodes)
    : device_(device), backend_(device.backend_for_graph()), purpose_(std::move(purpose)) {
    ggml_init_params parameters{};
    // Views and leaves need descriptions beside the nodes; twice the nodes holds them all.
    parameters.mem_size =
        2 * max_nodes * ggml_tensor_overhead() + ggml_graph_overhead_custom(max_nodes, false);
    parameters.no_alloc = true;
    context_.reset(ggml_init(parameters));
    graph_ = ggml_new_graph_custom(context_.get(), max_nodes, false);
}

ggml_tensor* Graph::input(ggml_type type, const Shape& shape) {
    ggml_tensor* tensor = new_tensor(context_.get(), type, shape);
    ggml_set_input(tensor);
    return tensor;
}

ggml_tensor* Graph::constant_bytes(ggml_type type, const Shape& shape,
                                   std::vector<std::byte> bytes) {
    ggml_tensor* tensor = input(type, shape);
    assert(ggml_nbytes(tensor) == bytes.size());
    constants_.emplace_back(tensor, std::move(bytes));
    return tensor;
}

ggml_tensor* Graph::constant(const Shape& shape, std::vector<float> values) {
    return constant_bytes(GGML_TYPE_F32, shape, to_bytes(std::span<const float>(values)));
}

ggml_tensor* Graph::constant(const Shape& shape, std::vector<std::int32_t> values) {
    return constant_bytes(GGML_TYPE_I32, shape, to_bytes(std::span<const std::int32_t>(values)));
}

ggml_tensor* Graph::shared_mask(const Shape& shape, MaskKey key,
                                const std::function<std::vector<float>()>& make_values) {
    ggml_tensor*& tensor = masks_[key];
    if (tensor) return tensor;
    if (device_.rehearses()) return tensor = input(GGML_TYPE_F16, shape);
    const std::vector<ggml_fp16_t> half = to_half(make_values());
    tensor = constant_bytes(GGML_TYPE_F16, shape, to_bytes(std::span<const ggml_fp16_t>(half)));
    return tensor;
}

ggml_tensor* Graph::positions(std::int64_t length) {
    ggml_tensor*& tensor = positions_[length];
    if (tensor) return tensor;
    std::vector<std::int32_t> values(static_cast<std::size_t>(length));
    std::iota(values.begin(), values.end(), 0);
    tensor = constant({length}, std::move(values));
    return tensor;
}

void Graph::expand(ggml_tensor* tensor) {
    ggml_build_forward_expand(graph_, tensor);
}

ggml_tensor* Graph::sliding_view(ggml_tensor* source, const Shape& shape,
                                 const std::vector<std::size_t>& strides) {
    ggml_tensor* view = windows_of(context_.get(), source, shape, strides);
    if (!device_.host_backend()) return view;
    ggml_tensor* ready = for_windows(source, *view);
    if (ready != source) view = windows_of(context_.get(), ready, shape, strides);
    return ggml_cont(context_.get(), view);
}

ggml_tensor* Graph::for_windows(ggml_tensor* source, const ggml_tensor& windows) {
    // The scheduler may bring whole tensors from one side to the other, but not rows that share
    // memory. So the copy of the windows is made where the source is.
    assert(ggml_is_contiguous(source));
    const auto has = [&](const ggml_tensor& node) {
        return ggml_backend_supports_op(device_.backend(), &node);
    };
    ggml_tensor packed = windows;
    packed.op = GGML_OP_CONT;
    packed.src[0] = const_cast<ggml_tensor*>(&windows);
    packed.view_src = nullptr;
    for (int i = 1; i < GGML_MAX_DIMS; ++i)
        packed.nb[i] = packed.nb[i - 1] * static_cast<std::size_t>(packed.ne[i - 1]);
    if (!has(packed)) return ggml_map_custom1(context_.get(), source, copy_on_host, 1, nullptr);
    const ggml_tensor* root = source->view_src ? source->view_src : source;
    if (root->op == GGML_OP_NONE || !has(*root)) return ggml_cont(context_.get(), source);
    return source;
}

ggml_tensor* Graph::product(ggml_tensor* weight, ggml_tensor* x) const {
    ggml_tensor* y = ggml_mul_mat(context_.get(), weight, x);
    // Products of bf16 are summed in f32 by every backend that we know. To ask for it makes CUDA's
    // widen the weights and multiply in f32, several times slower than its matrix units.
    if (weight->type != GGML_TYPE_BF16) ggml_mul_mat_set_prec(y, GGML_PREC_F32);
    return y;
}

ggml_tensor* Graph::output(ggml_tensor* tensor) {
    if (!ggml_is_contiguous(tensor) || tensor->view_src) tensor = ggml_cont(context_.get(), tensor);
    ggml_set_output(tensor);
    expand(tensor);
    return tensor;
}

ggml_tensor* Graph::store(ggml_tensor* value, ggml_tensor* destination) {
    ggml_tensor* node = ggml_cpy(context_.get(), value, destination);
    expand(node);
    return node;
}

void Graph::after(ggml_tensor* node, std::function<void()> hook) {
    expand(node);
    after_[node] = std::move(hook);
}

bool Graph::stops_at(const ggml_tensor* node) {
    if (after_.contains(node) || device_.cancelled()) return true;
    // The processor asks by itself whether it shall go on; an accelerator only where it is stopped.
    return device_.host_backend() && ++asked_ % nodes_without_looking == 0;
}

bool Graph::observe(ggml_tensor* node, bool asks, void* graph) {
    auto& self = *static_cast<Graph*>(graph);
    if (asks) return self.stops_at(node);
    if (self.hook_failure_) return false;
    const auto found = self.after_.find(node);
    // ggml is C and in between: an exception waits until it has returned.
    try {
        if (found != self.after_.end()) found->second();
    } catch (...) {
        self.hook_failure_ = std::current_exception();
        return false;
    }
    return !self.device_.cancelled();
}

void Graph::set(ggml_tensor* input, std::span<const float> values) {
    if (device_.rehearses()) return;
    if (input->type == GGML_TYPE_F16) {
        assert(values.size() == static_cast<std::size_t>(ggml_nelements(input)));
        const std::vector<ggml_fp16_t> half = to_half(values);
        ggml_backend_tensor_set(input, half.data(), 0, ggml_nbytes(input));
        return;
    }
    assert(input->type == GGML_TYPE_F32 && values.size_bytes() == ggml_nbytes(input));
    ggml_backend_tensor_set(input, values.data(), 0, values.size_bytes());
}

void Graph::set(ggml_tensor* input, std::span<const std::int32_t> values) {
    if (device_.rehearses()) return;
    assert(input->type == GGML_TYPE_I32 && values.size_bytes() == ggml_nbytes(input));
    ggml_backend_tensor_set(input, values.data(), 0, values.size_bytes());
}

void Graph::set(ggml_tensor* input, std::span<const std::int64_t> values) {
    if (device_.rehearses()) return;
    assert(input->type == GGML_TYPE_I64 && values.size_bytes() == ggml_nbytes(input));
    ggml_backend_tensor_set(input, values.data(), 0, values.size_bytes());
}

void Graph::run() {
    device_.add_work(work_);
    if (device_.rehearses()) return;
    for (const auto& [tensor, bytes] : constants_) {
        // A constant no operation reads gets no memory.
        if (tensor->buffer) ggml_backend_tensor_set(tensor, bytes.data(), 0, bytes.size());
    }
    for (const auto& hook : before_run_) hook();
    if (!after_.empty() || device_.host_backend())
        ggml_backend_sched_set_eval_callback(scheduler_.get(), &Graph::observe, this);
    hook_failure_ = nullptr;
    asked_ = 0;
    const CallerOnly caller_only(device_, uses_pool_);
    const ggml_status status = compute();
    if (hook_failure_) std::rethrow_exception(hook_failure_);
    if (status == GGML_STATUS_ABORTED || device_.cancelled()) {
        throw Error(ErrorCode::cancelled, "Stopped on request.");
    }
    if (status == GGML_STATUS_ALLOC_FAILED) {
        throw_out_of_memory(device_.name(), lease_.bytes(), purpose_);
    }
    if (status != GGML_STATUS_SUCCESS) {
        throw Error(ErrorCode::internal,
                    "Computing " + purpose_ + " failed on " + device_.name() + ".");
    }
}

ggml_status Graph::compute() {
    // What goes wrong in the middle of a run, drivers of graphics cards and ggml itself report by
    // exceptions.
    std::string reason;
    forget_errors();
    try {
        return ggml_backend_sched_graph_compute(scheduler_.get(), graph_);
    } catch (const std::bad_alloc&) {
        return GGML_STATUS_ALLOC_FAILED;
    } catch (const std::exception& failure) {
        reason = failure.what();
    }
    for (const char* const lack : {"OutOfDeviceMemory", "OutOfHostMemory", "out of memory"})
        if (reason.find(lack) != std::string::npos) return GGML_STATUS_ALLOC_FAILED;
    throw Error(ErrorCode::unavailable,
                fmt::format("{} failed on {}: {}.", purpose_, device_.name(), reason),
                "Choose another device, or look for a newer driver.");
}

Array Graph::get(const ggml_tensor* output, const Shape& shape) const {
    Array result(shape);
    assert(output->type == GGML_TYPE_F32 &&
           std::span(result.values).size_bytes() == ggml_nbytes(output));
    if (device_.rehearses()) return result;
    ggml_backend_tensor_get(output, result.values.data(), 0, ggml_nbytes(output));
    return result;
}

std::vector<float> Graph::get_rows(const ggml_tensor* output, std::int64_t first,
                                   std::int64_t count) const {
    assert(output->type == GGML_TYPE_F32 && first >= 0 && first + count <= output->ne[1]);
    if (device_.rehearses()) return {};
    std::vector<float> result(static_cast<std::size_t>(count * output->ne[0]));
    ggml_backend_tensor_get(output, result.data(), static_cast<std::size_t>(first) * output->nb[1],
                            std::span(result).size_bytes());
    return result;
}

void Graph::get_row(const ggml_tensor* output, std::int64_t index, std::span<float> values) const {
    assert(output->type == GGML_TYPE_F32 && values.size_bytes() == output->nb[1]);
    if (device_.rehearses()) return;
    ggml_backend_tensor_get(output, values.data(), static_cast<std::size_t>(index) * output->nb[1],
                            values.size_bytes());
}

}  // namespace acestep::runtime
