#include "onednn/backend.h"

#include <cstring>

#include <ggml-cpu.h>
#include <gtest/gtest.h>

#include "onednn/products/product.h"
#include "unit/onednn/run_graph.h"

namespace acestep::onednn {
namespace {

/// Operations of both kinds in turn: a gated MLP with a norm before and a sum behind.
ggml_tensor* gated_mlp(ggml_context* context) {
    ggml_tensor* x = ggml_new_tensor_2d(context, GGML_TYPE_F32, 96, 70);
    const auto linear = [&](std::int64_t out, ggml_tensor* in) {
        return ggml_mul_mat(context, ggml_new_tensor_2d(context, GGML_TYPE_F32, in->ne[0], out),
                            in);
    };
    ggml_tensor* a = ggml_rms_norm(context, x, 1e-6f);
    ggml_tensor* inner = ggml_swiglu_split(context, linear(200, a), linear(200, a));
    return ggml_add(context, x, linear(96, inner));
}

TEST(Backend, ComputesGraphsOfAllOperations) {
    const Outcome right = run_ggml(gated_mlp);
    for (const int threads : {1, 2, 5}) {
        const Outcome here = run_here(gated_mlp, {.threads = threads});
        EXPECT_EQ(here.status, GGML_STATUS_SUCCESS);
        expect_near(here.values, right.values, 1e-5);
    }
}

TEST(Backend, IsARegisteredDeviceOfGgml) {
    ggml_backend_dev_t device = ggml_backend_reg_dev_get(registry(), 0);
    EXPECT_STREQ(ggml_backend_dev_name(device), "OneDNN");
    EXPECT_EQ(ggml_backend_dev_type(device), GGML_BACKEND_DEVICE_TYPE_CPU);
    EXPECT_TRUE(ggml_backend_dev_supports_buft(device, ggml_backend_cpu_buffer_type()));
    EXPECT_TRUE(ggml_backend_dev_supports_buft(device, packed_buffer_type()));
    const ggml_backend_ptr backend(ggml_backend_dev_init(device, nullptr));
    EXPECT_TRUE(is_onednn(backend.get()));
    EXPECT_FALSE(ggml_backend_is_cpu(backend.get()));
    const ggml_backend_ptr other(ggml_backend_cpu_init());
    EXPECT_FALSE(is_onednn(other.get()));
}

TEST(Backend, TakesThreadsByGgmlsName) {
    const auto set = reinterpret_cast<ggml_backend_set_n_threads_t>(
        ggml_backend_reg_get_proc_address(registry(), "ggml_backend_set_n_threads"));
    ASSERT_TRUE(set);
    const ggml_backend_ptr backend = new_backend(1);
    set(backend.get(), 3);
    expect_near(run_on(backend.get(), gated_mlp, {}).values, run_ggml(gated_mlp).values, 1e-5);
    EXPECT_EQ(ggml_backend_reg_get_proc_address(registry(), "no such function"), nullptr);
}

TEST(Backend, StopsWhereItIsAsked) {
    struct Calls {
        int left;
    };
    const auto asked = [](void* data) { return --static_cast<Calls*>(data)->left < 0; };
    for (const int calls : {0, 1, 2}) {
        Calls count{calls};
        const ggml_backend_ptr backend = new_backend(1);
        set_abort_callback(backend.get(), asked, &count);
        EXPECT_EQ(run_on(backend.get(), gated_mlp, {}).status, GGML_STATUS_ABORTED) << calls;
        set_abort_callback(backend.get(), nullptr, nullptr);
        EXPECT_EQ(run_on(backend.get(), gated_mlp, {}).status, GGML_STATUS_SUCCESS);
    }
}

TEST(Backend, WrapsMemoryThatExists) {
    ggml_backend_dev_t device = ggml_backend_reg_dev_get(registry(), 0);
    alignas(64) float values[64] = {1, 2, 3};
    const ggml_backend_buffer_ptr buffer(
        ggml_backend_dev_buffer_from_host_ptr(device, values, sizeof values, sizeof values));
    EXPECT_EQ(ggml_backend_buffer_get_base(buffer.get()), values);
}

TEST(Backend, SaysWhatItNeeds) {
    const ggml_context_ptr context(
        ggml_init({.mem_size = 1 << 20, .mem_buffer = nullptr, .no_alloc = true}));
    ggml_cgraph* graph = ggml_new_graph(context.get());
    ggml_build_forward_expand(graph, gated_mlp(context.get()));
    const std::size_t one = scratch_bytes(new_backend(1).get(), graph);
    const std::size_t three = scratch_bytes(new_backend(3).get(), graph);
    EXPECT_GE(one, thread_scratch_bytes);
    EXPECT_GE(three - one, 2 * thread_scratch_bytes);
    EXPECT_LT(three, 4 * thread_scratch_bytes);
}

}  // namespace
}  // namespace acestep::onednn
