#include "runtime/graph.h"

#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "runtime/tensor_set.h"

namespace acestep::runtime {
namespace {

TEST(Graph, ComputesWhatWasBuiltAsOftenAsAsked) {
    const auto cpu = Device::cpu(1);
    Graph graph(*cpu, "a test");
    ggml_tensor* x = graph.input(GGML_TYPE_F32, {2, 3});
    ggml_tensor* c = graph.constant({3}, std::vector<float>{10, 20, 30});
    ggml_tensor* y = graph.output(ggml_add(graph.context(), x, c));
    graph.allocate();
    for (const float first : {0.0f, 100.0f}) {
        graph.set(x, std::vector<float>{first, 1, 2, 3, 4, 5});
        graph.run();
        EXPECT_EQ(graph.get(y, {2, 3}).values,
                  (std::vector<float>{first + 10, 21, 32, 13, 24, 35}));
    }
}

TEST(Graph, SlidingViewSharesItsRows) {
    const auto cpu = Device::cpu(1);
    Graph graph(*cpu, "a test");
    ggml_tensor* x = graph.input(GGML_TYPE_F32, {5, 1});
    ggml_tensor* windows = graph.sliding_view(x, {3, 3}, {x->nb[1], x->nb[0]});
    ggml_tensor* weight = graph.constant({1, 3}, std::vector<float>{1, 10, 100});
    ggml_tensor* y = graph.output(ggml_mul_mat(graph.context(), weight, windows));
    graph.allocate();
    graph.set(x, std::vector<float>{1, 2, 3, 4, 5});
    graph.run();
    EXPECT_EQ(graph.get(y, {3, 1}).values, (std::vector<float>{321, 432, 543}));
}

TEST(Graph, BooksExactlyWhatItMeasured) {
    const auto cpu = Device::cpu(1);
    Graph graph(*cpu, "a test");
    ggml_tensor* x = graph.input(GGML_TYPE_F32, {1000, 100});
    graph.output(ggml_sqr(graph.context(), x));
    const std::int64_t measured = graph.measure();
    EXPECT_GE(measured, 1000 * 100 * 4);
    graph.allocate();
    EXPECT_EQ(cpu->memory().held_bytes(), measured);
}

TEST(Graph, TakesTheMemoryOfAnother) {
    const auto cpu = Device::cpu(1);
    std::unique_ptr<Graph> former;
    std::int64_t held = 0;
    // The second is smaller, the third needs more operations, the last one more memory.
    for (const auto& [length, steps] : {std::pair{1000, 2}, {10, 1}, {10, 9}, {3000, 2}}) {
        auto graph = std::make_unique<Graph>(*cpu, "a test");
        ggml_tensor* x = graph->input(GGML_TYPE_F32, {length});
        ggml_tensor* y = x;
        for (int i = 0; i < steps; ++i) y = ggml_add(graph->context(), y, x);
        y = graph->output(y);
        const std::int64_t needed = graph->measure();
        if (former) graph->take_memory_of(*former);
        graph->allocate();
        graph->set(x, std::vector<float>(static_cast<std::size_t>(length), 3.0f));
        graph->run();
        const auto sum = 3.0f * static_cast<float>(steps + 1);
        EXPECT_EQ(graph->get(y, {length}).values,
                  std::vector<float>(static_cast<std::size_t>(length), sum));
        EXPECT_EQ(cpu->memory().held_bytes(), steps == 1 ? held : needed);
        held = cpu->memory().held_bytes();
        former = std::move(graph);
    }
    former.reset();
    EXPECT_EQ(cpu->memory().held_bytes(), 0);
}

TEST(Graph, IsRefusedWhenItDoesNotFitTheBudget) {
    const auto cpu = Device::cpu(1, 100'000);
    Graph graph(*cpu, "A large test");
    ggml_tensor* x = graph.input(GGML_TYPE_F32, {1000, 100});
    graph.output(ggml_sqr(graph.context(), x));
    try {
        graph.allocate();
        FAIL() << "a graph above the budget was allocated";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    }
    EXPECT_EQ(cpu->memory().held_bytes(), 0);
}

TEST(Graph, StopsWhenCancelled) {
    const auto cpu = Device::cpu(1);
    CancelToken cancel;
    cpu->set_cancel(&cancel);
    Graph graph(*cpu, "a test");
    ggml_tensor* x = graph.input(GGML_TYPE_F32, {4});
    graph.output(ggml_sqr(graph.context(), x));
    graph.allocate();
    graph.set(x, std::vector<float>{1, 2, 3, 4});
    cancel.cancel();
    try {
        graph.run();
        FAIL() << "a cancelled graph ran to its end";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
}

TEST(Graph, StoresResultsBeyondItsOwnLife) {
    const auto cpu = Device::cpu(1);
    TensorSet states(*cpu, "states", 1);
    ggml_tensor* kept = states.add(GGML_TYPE_F32, {2});
    states.allocate();
    {
        Graph graph(*cpu, "a test");
        ggml_tensor* x = graph.input(GGML_TYPE_F32, {2});
        graph.store(ggml_sqr(graph.context(), x), kept);
        graph.allocate();
        graph.set(x, std::vector<float>{3, 4});
        graph.run();
    }
    EXPECT_EQ(TensorSet::read(kept, {2}).values, (std::vector<float>{9, 16}));
}

}  // namespace
}  // namespace acestep::runtime
