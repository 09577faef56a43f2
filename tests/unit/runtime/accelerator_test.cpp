// A graph on a graphics card's backend, with the processor beside it. Needs one:
// ACESTEP_TEST_DEVICE names it, and without that these tests are skipped.
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "runtime/device_list.h"
#include "runtime/graph.h"
#include "runtime/tensor_set.h"
#include "support/test_device.h"

namespace acestep::runtime {
namespace {

class Accelerator : public testing::Test {
protected:
    void SetUp() override {
        if (tests::tests_on_processor()) GTEST_SKIP() << "ACESTEP_TEST_DEVICE names no accelerator";
        device_ = tests::test_device(1);
    }

    /// Memory of the device. What is stored there is computed there: the scheduler leaves a graph
    /// that touches no memory of the device to the processor.
    ggml_tensor* state(const Shape& shape) {
        states_.emplace(*device_, "states", 1);
        ggml_tensor* tensor = states_->add(GGML_TYPE_F32, shape);
        states_->allocate();
        return tensor;
    }

    std::unique_ptr<Device> device_;
    std::optional<TensorSet> states_;
};

/// As an operation of ours that no GPU backend has.
void negate(ggml_tensor* result, const ggml_tensor* x, int, int, void*) {
    const auto* from = static_cast<const float*>(x->data);
    auto* to = static_cast<float*>(result->data);
    for (std::int64_t i = 0; i < ggml_nelements(x); ++i) to[i] = -from[i];
}

TEST_F(Accelerator, IsListedWithItsMemory) {
    for (const ListedDevice& listed : list_devices()) {
        if (listed.id != tests::test_device_name()) continue;
        EXPECT_NE(listed.description, "");
        EXPECT_GT(listed.total_bytes, 0);
        EXPECT_LE(listed.free_bytes, listed.total_bytes);
    }
    EXPECT_FALSE(device_->is_processor());
}

TEST_F(Accelerator, MultipliesWindowsThatShareTheirRows) {
    ggml_tensor* kept = state({3, 1});
    Graph graph(*device_, "a test");
    ggml_tensor* x = graph.input(GGML_TYPE_F32, {5, 1});
    ggml_tensor* windows = graph.sliding_view(x, {3, 3}, {x->nb[1], x->nb[0]});
    ggml_tensor* weight = graph.constant({1, 3}, std::vector<float>{1, 10, 100});
    graph.store(ggml_mul_mat(graph.context(), weight, windows), kept);
    graph.allocate();
    for (const float first : {1.0f, 2.0f}) {
        graph.set(x, std::vector<float>{first, 2, 3, 4, 5});
        graph.run();
        EXPECT_EQ(TensorSet::read(kept, {3, 1}).values,
                  (std::vector<float>{320 + first, 432, 543}));
    }
}

TEST_F(Accelerator, KeepsStatesOfOneRunForLaterOnes) {
    ggml_tensor* kept = state({2});
    {
        Graph graph(*device_, "a test");
        ggml_tensor* x = graph.input(GGML_TYPE_F32, {2});
        graph.store(ggml_sqr(graph.context(), x), kept);
        graph.allocate();
        graph.set(x, std::vector<float>{3, 4});
        graph.run();
    }
    EXPECT_EQ(TensorSet::read(kept, {2}).values, (std::vector<float>{9, 16}));
}

TEST_F(Accelerator, LeavesToTheProcessorWhatItLacks) {
    ggml_tensor* kept = state({3});
    Graph graph(*device_, "a test");
    ggml_context* ctx = graph.context();
    ggml_tensor* x = graph.input(GGML_TYPE_F32, {3});
    ggml_tensor* y = ggml_map_custom1(ctx, ggml_sqr(ctx, x), negate, 1, nullptr);
    graph.store(ggml_add(ctx, y, x), kept);
    graph.allocate();
    for (const float first : {1.0f, 5.0f}) {
        graph.set(x, std::vector<float>{first, 2, 3});
        graph.run();
        EXPECT_EQ(TensorSet::read(kept, {3}).values,
                  (std::vector<float>{first - first * first, -2, -6}));
    }
}

TEST_F(Accelerator, BooksItsOwnMemoryAndTheProcessorsApart) {
    constexpr std::int64_t rows = 1000, columns = 100, bytes = rows * columns * 4;
    ggml_tensor* kept = state({rows, columns});
    const std::int64_t before = device_->memory().held_bytes();
    EXPECT_GE(before, bytes);
    {
        Graph graph(*device_, "a test");
        ggml_tensor* x = graph.input(GGML_TYPE_F32, {rows, columns});
        graph.store(ggml_sqr(graph.context(), x), kept);
        const std::int64_t measured = graph.measure();
        graph.allocate();
        EXPECT_EQ(device_->memory().held_bytes(), before + measured);
        EXPECT_GE(measured, bytes);
        // The input waits there until it is copied.
        EXPECT_GE(device_->host_memory().held_bytes(), bytes);
    }
    EXPECT_EQ(device_->memory().held_bytes(), before);
    EXPECT_EQ(device_->host_memory().held_bytes(), 0);
}

TEST_F(Accelerator, IsStoppedInTheMiddleOfAGraph) {
    CancelToken cancel;
    device_->set_cancel(&cancel);
    ggml_tensor* kept = state({4});
    Graph graph(*device_, "a test");
    ggml_tensor* x = graph.input(GGML_TYPE_F32, {4});
    ggml_tensor* y = x;
    bool reached_the_end = false;
    for (int i = 0; i < 2000; ++i) {
        y = ggml_scale(graph.context(), y, 0.5f);
        if (i == 100) graph.after(y, [&] { cancel.cancel(); });
    }
    graph.after(graph.store(y, kept), [&] { reached_the_end = true; });
    graph.allocate();
    graph.set(x, std::vector<float>{1, 2, 3, 4});
    try {
        graph.run();
        FAIL() << "a cancelled graph ran to its end";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
    EXPECT_FALSE(reached_the_end);
}

}  // namespace
}  // namespace acestep::runtime
