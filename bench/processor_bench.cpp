// How fast the processor's kernels read matrices and caches, beside how fast memory can be read.
//
//     processor_bench [threads]                                  (2 when not given)
//
// Products with bf16 and q8_0 matrices are measured with each set of kernels that this processor
// can run, the others with the best. GB/s are bytes of the matrix, or of keys and values, per
// second: the best of seven runs, because what else runs on the machine can only slow them down.
// The first column adds up the same bytes in a plain loop on the same threads, right before the
// others of its line, which can be faster than it: they ask for memory ahead of its use.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "processor/cached_attention.h"
#include "processor/instruction_set.h"
#include "processor/kernels.h"
#include "processor/skinny_product.h"
#include "processor/thread_pool.h"

namespace {

using namespace acestep::processor;

constexpr std::size_t buffer_bytes = std::size_t{256} << 20;

template <typename Work>
double best_seconds(const Work& work) {
    double best = 1e9;
    for (int run = 0; run < 8; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        if (run > 0) best = std::min(best, passed.count());  // the first one warms up
    }
    return best;
}

/// Numbers of ordinary size in every format.
std::vector<std::uint64_t> ordinary_numbers() {
    std::vector<std::uint64_t> words(buffer_bytes / 8);
    std::uint64_t state = 1;
    for (std::uint64_t& word : words) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        word = (state & 0x83ff83ff83ff83ffu) | 0x3c003c003c003c00u;
    }
    return words;
}

/// How long it takes until all threads work on a run, and the run has ended.
double seconds_of_a_run(ThreadPool& pool) {
    constexpr int runs = 10'000;
    return best_seconds([&] {
               for (int run = 0; run < runs; ++run) {
                   std::atomic<int> arrived = 0;
                   pool.run(pool.threads(), [&](std::int64_t) {
                       ++arrived;
                       while (arrived.load() < pool.threads()) continue;
                   });
               }
           }) /
           runs;
}

double read_bandwidth(ThreadPool& pool, const std::vector<std::uint64_t>& words) {
    constexpr std::int64_t chunk = 32 * 1024;
    std::atomic<std::uint64_t> total = 0;
    const double seconds = best_seconds([&] {
        pool.run(static_cast<std::int64_t>(words.size()) / chunk, [&](std::int64_t index) {
            const std::uint64_t* first = words.data() + index * chunk;
            std::uint64_t sums[8] = {};
            for (std::int64_t i = 0; i < chunk; i += 8)
                for (int lane = 0; lane < 8; ++lane) sums[lane] += first[i + lane];
            for (const std::uint64_t sum : sums) total += sum;
        });
    });
    if (total == 0) fmt::print("\n");  // so that the sums are needed
    return buffer_bytes / seconds / 1e9;
}

std::size_t row_bytes_of(MatrixType type, std::size_t columns) {
    switch (type) {
        case MatrixType::f32: return columns * 4;
        case MatrixType::f16:
        case MatrixType::bf16: return columns * 2;
        case MatrixType::q8_0: return columns / 32 * 34;
    }
    return 0;
}

void report_products(ThreadPool& pool, const std::vector<std::uint64_t>& words, MatrixType type,
                     std::string_view type_name, InstructionSet set) {
    const Kernels& kernels = kernels_for(set);
    for (const std::size_t columns : {1024, 3072}) {
        const std::size_t row_bytes = row_bytes_of(type, columns);
        const Matrix matrix = {.data = words.data(),
                               .type = type,
                               .rows = static_cast<std::int64_t>(buffer_bytes / row_bytes),
                               .columns = static_cast<std::int64_t>(columns),
                               .row_bytes = row_bytes};
        const std::vector<float> x(16 * columns, 0.5f);
        std::vector<float> y(16 * static_cast<std::size_t>(matrix.rows));
        const double bandwidth = read_bandwidth(pool, words);
        fmt::print("{:<20}{:<5}{:>5} columns {:>6.1f} ", name(set), type_name, columns, bandwidth);
        for (const int vectors : {1, 2, 4, 8, 16}) {
            const double seconds = best_seconds([&] {
                skinny_product(kernels, pool, matrix,
                               {.x = x.data(), .stride = matrix.columns, .count = vectors},
                               y.data(), matrix.rows);
            });
            const double bytes = static_cast<double>(matrix.rows) * static_cast<double>(row_bytes);
            const double speed = bytes / seconds / 1e9;
            fmt::print(" {:>6.1f} ({:>3.0f} %)", speed, 100 * speed / bandwidth);
        }
        fmt::print("\n");
    }
}

/// Queries that each see a cache of their own, of 8 key heads of 128 numbers.
void report_attention(ThreadPool& pool, const std::vector<std::uint64_t>& words, CacheType type,
                      int heads) {
    const auto* data = reinterpret_cast<const std::byte*>(words.data());
    const AttentionShape shape = {.heads = heads,
                                  .kv_heads = 8,
                                  .head_dim = 128,
                                  .type = type,
                                  .row_bytes = type == CacheType::f16 ? 2048u : 4096u,
                                  .scale = 0.1f};
    const auto rows = static_cast<std::int64_t>(buffer_bytes / 2 / shape.row_bytes);
    const double bandwidth = read_bandwidth(pool, words);
    fmt::print("{} cache, {} heads {:>6.1f} ", type == CacheType::f16 ? "f16" : "f32", heads,
               bandwidth);
    for (const int queries : {8, 16}) {
        std::vector<VisibleRows> visible;
        for (int query = 0; query < queries; ++query)
            visible.push_back({.own = {query * (rows / queries), rows / queries}});
        const std::size_t size = static_cast<std::size_t>(queries) * heads * 128;
        const std::vector<float> query_values(size, 0.01f);
        std::vector<float> result(size);
        const double seconds = best_seconds([&] {
            cached_attention(pool, shape, data, data + buffer_bytes / 2, query_values.data(),
                             result.data(), visible);
        });
        const double speed = buffer_bytes / seconds / 1e9;
        fmt::print("   {:>2} queries: {:>5.1f} ({:>3.0f} %)", queries, speed,
                   100 * speed / bandwidth);
    }
    fmt::print("\n");
}

void report(int threads) {
    ThreadPool pool(threads);
    std::vector<InstructionSet> sets;
    for (const InstructionSet set : all_instruction_sets)
        if (supported(set)) sets.push_back(set);
    const std::vector<std::uint64_t> words = ordinary_numbers();
    fmt::print("{} threads; a run of them all costs {:.2f} µs\n\n", threads,
               seconds_of_a_run(pool) * 1e6);
    fmt::print(
        "GB/s                                     read {:>7}{:>15}{:>15}{:>15}{:>15} vectors\n", 1,
        2, 4, 8, 16);
    report_products(pool, words, MatrixType::f32, "f32", sets.back());
    report_products(pool, words, MatrixType::f16, "f16", sets.back());
    for (const InstructionSet set : sets)
        report_products(pool, words, MatrixType::bf16, "bf16", set);
    for (const InstructionSet set : sets)
        report_products(pool, words, MatrixType::q8_0, "q8_0", set);
    fmt::print("\n");
    for (const CacheType type : {CacheType::f32, CacheType::f16})
        for (const int heads : {16, 32}) report_attention(pool, words, type, heads);
}

}  // namespace

int main(int count, char** arguments) {
    const int threads = count == 2 ? std::atoi(arguments[1]) : 2;
    if (count > 2 || threads < 1) {
        fmt::print(stderr, "usage: processor_bench [threads]\n");
        return 2;
    }
    try {
        report(threads);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
