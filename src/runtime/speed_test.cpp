#include "runtime/speed_test.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include <ggml-cpp.h>

#include "onednn/backend.h"
#include "runtime/graph.h"
#include "runtime/tensor_set.h"
#include "runtime/weight_conversion.h"
#include "runtime/weight_types.h"

namespace acestep::runtime {
namespace {

using Clock = std::chrono::steady_clock;

const char* const measuring = "Measuring the device";

// A matrix of the released transformers, and vectors as of shorter and longer songs: a slow device
// needs no more to be known.
constexpr std::int64_t matrix_rows = 2048, matrix_columns = 2048;
constexpr std::int64_t vector_counts[] = {32, 256, 1024};
// A run of so many seconds is long enough to be believed. The best of a few counts: what others do
// on the machine only ever makes it slower.
constexpr double long_enough = 0.02;
constexpr int tries = 3, most_products_a_run = 4;
// Types take turns: which of them is faster decides plans, and a processor that several share may
// have twice the speed a second later. So those that are not far behind the fastest are measured
// again, and the median of their turns counts. The others are taken for their size only.
constexpr int rounds = 3;
constexpr double far_behind = 0.5;

double best_seconds(const std::function<void()>& work, int most_tries = tries) {
    work();  // what happens only the first time does not count
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < most_tries; ++i) {
        const auto begin = Clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
        if (best > 10 * long_enough) break;
    }
    return best;
}

std::vector<float> waves(std::int64_t count) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = std::sin(static_cast<float>(i % 9973));
    return values;
}

/// A matrix where and as a network's would be on that device.
class Matrix {
public:
    Matrix(Device& device, ggml_type type) : context_(description_context(1)) {
        tensor_ = new_tensor(context_.get(), type, {matrix_rows, matrix_columns});
        ggml_backend_buffer_type_t where = device.matrix_buffer_type(tensor_);
        packed_ = where != device.buffer_type();
        const auto bytes =
            static_cast<std::int64_t>(ggml_backend_buft_get_alloc_size(where, tensor_));
        lease_ = device.memory().book(bytes, measuring);
        buffer_.reset(ggml_backend_alloc_ctx_tensors_from_buft(context_.get(), where));
        if (!buffer_) throw_out_of_memory(device.name(), bytes, measuring);
        ggml_backend_buffer_set_usage(buffer_.get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
        // Every row is the same one: quantizing takes longer than multiplying.
        const std::vector<std::byte> row = from_float(waves(matrix_columns), type);
        std::vector<std::byte> all;
        all.reserve(row.size() * matrix_rows);
        for (std::int64_t i = 0; i < matrix_rows; ++i)
            all.insert(all.end(), row.begin(), row.end());
        ggml_backend_tensor_set(tensor_, all.data(), 0, all.size());
    }

    ggml_tensor* tensor() { return tensor_; }

    /// All weights anew from stored ones, as a network's are made.
    void convert(const checkpoint::TensorView& stored, int threads) {
        if (packed_) {
            onednn::set_rows(tensor_, row_reader(stored), room_);
            return;
        }
        std::size_t offset = 0;
        const auto append = [&](std::span<const std::byte> bytes) {
            ggml_backend_tensor_set(tensor_, bytes.data(), offset, bytes.size());
            offset += bytes.size();
        };
        runtime::convert(stored, tensor_->type, append, threads);
    }

private:
    ggml_context_ptr context_;
    ggml_tensor* tensor_;
    bool packed_ = false;
    std::vector<std::byte> room_;
    MemoryLease lease_;
    ggml_backend_buffer_ptr buffer_;
};

/// A tensor of f32 on the device: a graph's own inputs would be brought there in every run.
class Vectors {
public:
    Vectors(Device& device, const Shape& shape)
        : set_(device, measuring, 1), tensor_(set_.add(GGML_TYPE_F32, shape)) {
        set_.allocate();
        set_.write(tensor_, waves(ggml_nelements(tensor_)));
    }
    ggml_tensor* tensor() { return tensor_; }

private:
    TensorSet set_;
    ggml_tensor* tensor_;
};

double run_seconds(Graph& graph, ggml_tensor* result, int most_tries = tries) {
    graph.require(result);
    graph.allocate();
    return best_seconds([&] { graph.run(); }, most_tries);
}

/// FLOP/s of products by a matrix, with so many vectors at a time.
struct ProductRate {
    double flops = 0;
    std::int64_t vectors = 0;
};

/// Floating-point operations of one.
double product_flops(std::int64_t vectors) {
    return 2.0 * matrix_rows * matrix_columns * static_cast<double>(vectors);
}

/// A run of several products with so many vectors, so that what a run costs by itself does not
/// count.
class ProductRun {
public:
    ProductRun(Device& device, Matrix& matrix, std::int64_t vectors, int products)
        : x_(device, {vectors, matrix_columns}), graph_(device, measuring), vectors_(vectors) {
        for (int i = 0; i < products; ++i) {
            ggml_tensor* y = graph_.product(matrix.tensor(), x_.tensor());
            flops_ += work(*y, {}).flops;
            graph_.require(y);
        }
        graph_.allocate();
    }

    ProductRate rate() {
        return {flops_ / best_seconds([this] { graph_.run(); }, 1), vectors_};
    }

private:
    Vectors x_;
    Graph graph_;
    std::int64_t vectors_;
    double flops_ = 0;
};

/// `expected`: about how fast it will be; 0 when nobody knows.
ProductRate product_rate(Device& device, Matrix& matrix, std::int64_t vectors, double expected) {
    const double in_time = long_enough * expected / product_flops(vectors);
    const int products = std::clamp(static_cast<int>(std::min(in_time, 1e3)), 1,
                                    expected > 0 ? most_products_a_run : 1);
    return ProductRun(device, matrix, vectors, products).rate();
}

/// With as many vectors as are fastest, but for a device so slow that fewer tell enough.
ProductRate best_product_rate(Device& device, ggml_type type) {
    Matrix matrix(device, type);
    ProductRate best;
    for (const std::int64_t vectors : vector_counts) {
        if (product_flops(vectors) / 2 > long_enough * best.flops && best.flops > 0) break;
        const ProductRate rate = product_rate(device, matrix, vectors, best.flops);
        if (rate.flops > best.flops) best = rate;
    }
    return best;
}

std::map<ggml_type, double> product_rates(Device& device) {
    std::map<ggml_type, double> rates;
    std::map<ggml_type, std::int64_t> vectors;
    double fastest = 0;
    for (const ggml_type type : matrix_types) {
        const ProductRate rate = best_product_rate(device, type);
        rates[type] = rate.flops;
        vectors[type] = rate.vectors;
        fastest = std::max(fastest, rate.flops);
    }
    std::map<ggml_type, std::vector<double>> turns;
    for (int round = 0; round < rounds; ++round) {
        for (const ggml_type type : matrix_types) {
            if (rates[type] < far_behind * fastest) continue;
            Matrix matrix(device, type);
            turns[type].push_back(product_rate(device, matrix, vectors[type], rates[type]).flops);
        }
    }
    for (auto& [type, measured] : turns) {
        const auto middle = measured.begin() + rounds / 2;
        std::nth_element(measured.begin(), middle, measured.end());
        rates[type] = *middle;
    }
    return rates;
}

/// Bytes/s of a pass that reads and writes memory.
double memory_rate(Device& device) {
    constexpr std::int64_t rows = 4096, columns = 4096;  // 64 MiB
    Vectors x(device, {rows, columns});
    Graph graph(device, measuring);
    const double seconds = run_seconds(graph, ggml_scale(graph.context(), x.tensor(), 0.5f));
    return 2.0 * rows * columns * sizeof(float) / seconds;
}

/// Bytes/s from the host into memory of the device's own; 0 for a processor.
double transfer_rate(Device& device) {
    if (device.is_processor()) return 0;
    constexpr std::int64_t count = 16 << 20;
    TensorSet set(device, measuring, 1);
    ggml_tensor* tensor = set.add(GGML_TYPE_F32, {count});
    set.allocate();
    const std::vector<float> values(count, 1.0f);
    return count * sizeof(float) / best_seconds([&] { set.write(tensor, values); });
}

/// Weights a second that become 8-bit ones, those that are chosen for speed, from bf16.
double conversion_rate(Device& device) {
    Matrix matrix(device, GGML_TYPE_Q8_0);
    const std::vector<std::byte> bytes =
        from_float(waves(matrix_rows * matrix_columns), GGML_TYPE_BF16);
    checkpoint::TensorView stored;
    stored.type = checkpoint::DataType::bf16;
    stored.shape = {matrix_rows, matrix_columns};
    stored.bytes = bytes;
    const double seconds = best_seconds([&] { matrix.convert(stored, device.threads()); });
    return static_cast<double>(matrix_rows * matrix_columns) / seconds;
}

/// Seconds that an operation takes at least.
double launch_time(Device& device) {
    constexpr int operations = 256;
    Vectors x(device, {64});
    Graph graph(device, measuring);
    ggml_tensor* y = x.tensor();
    for (int i = 0; i < operations; ++i) y = ggml_add(graph.context(), y, x.tensor());
    return run_seconds(graph, y) / operations;
}

}  // namespace

struct ProductTimer::Implementation {
    static constexpr int products = 2;

    Implementation(Device& device, ggml_type type)
        : matrix(device, type), run(device, matrix, vector_counts[2], products) {}

    Matrix matrix;
    ProductRun run;
};

ProductTimer::ProductTimer(Device& device, ggml_type type)
    : implementation_(std::make_unique<Implementation>(device, type)) {}

ProductTimer::~ProductTimer() = default;

double ProductTimer::flops_per_second() {
    return implementation_->run.rate().flops;
}

Speeds measure_speeds(Device& device) {
    Speeds speeds;
    speeds.memory = memory_rate(device);
    speeds.transfer = transfer_rate(device);
    speeds.launch = launch_time(device);
    speeds.convert = conversion_rate(device);
    speeds.products = product_rates(device);
    return speeds;
}

}  // namespace acestep::runtime
