#include "runtime/weight_set.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acestep/error.h"
#include "onednn/backend.h"
#include "runtime/graph.h"
#include "runtime/tensor_set.h"
#include "support/checkpoint_writer.h"
#include "support/temporary_directory.h"

namespace acestep::runtime {
namespace {

using checkpoint::Checkpoint;

class WeightSetTest : public ::testing::Test {
protected:
    Checkpoint open(const std::vector<tests::StoredTensor>& tensors) {
        const auto path = folder_.path() / "weights.safetensors";
        tests::write_safetensors(path, tensors);
        return Checkpoint::open(path);
    }

    tests::TemporaryDirectory folder_;
    std::unique_ptr<Device> cpu_ = Device::cpu(1);
};

TEST_F(WeightSetTest, LeavesWeightsOfThePlannedTypeWhereTheFileIsMapped) {
    const Checkpoint checkpoint = open({tests::bf16_tensor("w", {2, 2}, {1, 2, 3, 4})});
    WeightSet weights("a test", checkpoint, WeightPolicy::bf16);
    ggml_tensor* w = weights.matrix("w", {2, 2});
    weights.load(*cpu_);
    EXPECT_EQ(w->data, static_cast<const void*>(checkpoint.find("w")->bytes.data()));
    EXPECT_EQ(cpu_->memory().held_bytes(), weights.bytes());
    weights.unload();
    EXPECT_EQ(cpu_->memory().held_bytes(), 0);
}

TEST_F(WeightSetTest, PacksMatricesThatAreOnlyMultipliedBy) {
    constexpr std::int64_t rows = 64, columns = 64;
    std::vector<float> values(rows * columns);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = 0.01f * static_cast<float>((i * 37) % 101) - 0.5f;
    const Checkpoint checkpoint = open({tests::f32_tensor("w", {rows, columns}, values)});
    const auto product = [&](MatrixUse use) {
        WeightSet weights("a test", checkpoint, WeightPolicy::q8_0, use);
        ggml_tensor* w = weights.matrix("w", {rows, columns});
        const std::int64_t planned = weights.bytes(*cpu_);
        weights.load(*cpu_);
        EXPECT_EQ(cpu_->memory().held_bytes(), planned);
        EXPECT_EQ(ggml_backend_buffer_is_host(w->buffer),
                  use == MatrixUse::any || !onednn::packs(w));
        Graph graph(*cpu_, "a test");
        ggml_tensor* x = graph.input(GGML_TYPE_F32, {3, columns});
        ggml_tensor* y = graph.output(ggml_mul_mat(graph.context(), w, x));
        graph.allocate();
        graph.set(x, std::span<const float>(values).first(3 * columns));
        graph.run();
        return graph.get(y, {3, rows});
    };
    const Array packed = product(MatrixUse::products), plain = product(MatrixUse::any);
    float largest = 0;
    for (const float value : plain.values) largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < plain.values.size(); ++i)
        EXPECT_NEAR(packed.values[i], plain.values[i], 0.03f * largest) << i;
    EXPECT_EQ(cpu_->memory().held_bytes(), 0);
}

TEST_F(WeightSetTest, LeavesForFewProductsWhatIsMultipliedAsItLies) {
    const std::vector<float> values(64 * 64, 0.5f);
    for (const WeightPolicy policy : {WeightPolicy::bf16, WeightPolicy::q8_0}) {
        const Checkpoint checkpoint = open({tests::bf16_tensor("w", {64, 64}, values)});
        WeightSet weights("a test", checkpoint, policy, MatrixUse::few_products);
        ggml_tensor* w = weights.matrix("w", {64, 64});
        weights.load(*cpu_);
        EXPECT_EQ(ggml_backend_buffer_is_host(w->buffer),
                  policy == WeightPolicy::bf16 || !onednn::packs(w));
    }
}

TEST_F(WeightSetTest, WidensForTheF32PathAndKeepsTheShape) {
    const Checkpoint checkpoint = open({tests::bf16_tensor("w", {2, 3}, {1, 2, 3, 4, 5, 6})});
    WeightSet weights("a test", checkpoint, WeightPolicy::f32);
    ggml_tensor* w = weights.matrix("w", {2, 3});
    weights.load(*cpu_);
    EXPECT_EQ(w->ne[0], 3);
    EXPECT_EQ(w->ne[1], 2);
    EXPECT_EQ(TensorSet::read(w, {2, 3}).values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST_F(WeightSetTest, ComputesTensorsFromStoredOnes) {
    const Checkpoint checkpoint = open({tests::f32_tensor("a", {2}, {1, 2})});
    WeightSet weights("a test", checkpoint, WeightPolicy::bf16);
    ggml_tensor* doubled =
        weights.computed("doubled", {2}, WeightRole::exact, [](const WeightReader& reader) {
            Array a = reader.read("a", {2});
            for (float& value : a.values) value *= 2;
            return a.values;
        });
    weights.load(*cpu_);
    EXPECT_EQ(TensorSet::read(doubled, {2}).values, (std::vector<float>{2, 4}));
}

/// Declares `[rows, columns]` turned from stored `[columns, rows]`, a part for each stored row.
ggml_tensor* declare_turned(WeightSet& weights, std::int64_t rows, std::int64_t columns,
                            WeightRole role) {
    return weights.computed_in_parts(
        "turned", {rows, columns}, role, columns,
        [=](const WeightReader& reader, std::int64_t part, const TakePiece& take) {
            const ReadSlice read = reader.slices("w", {columns, rows});
            std::vector<float> values(static_cast<std::size_t>(rows));
            read(part, values);
            for (std::int64_t row = 0; row < rows; ++row)
                take(row, part, std::span(values).subspan(static_cast<std::size_t>(row), 1));
        });
}

TEST_F(WeightSetTest, ComputesLargeTensorsInPartsOfAnyType) {
    constexpr std::int64_t rows = 5, columns = 64;
    std::vector<float> values(rows * columns);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(static_cast<int>(i % 63) - 31);
    const Checkpoint checkpoint = open({tests::bf16_tensor("w", {columns, rows}, values)});
    for (const int threads : {1, 3}) {
        for (const WeightPolicy policy :
             {WeightPolicy::f32, WeightPolicy::f16, WeightPolicy::bf16, WeightPolicy::q8_0}) {
            const auto cpu = Device::cpu(threads);
            WeightSet weights("a test", checkpoint, policy);
            ggml_tensor* turned = declare_turned(weights, rows, columns, WeightRole::matrix);
            weights.load(*cpu);
            EXPECT_EQ(turned->type, type_of(policy));
            std::vector<float> row(columns);
            for (std::int64_t r = 0; r < rows; ++r) {
                const auto* const stored = static_cast<const std::byte*>(turned->data) +
                                           static_cast<std::size_t>(r) * turned->nb[1];
                if (policy == WeightPolicy::f32)
                    std::memcpy(row.data(), stored, columns * sizeof(float));
                else
                    ggml_get_type_traits(turned->type)->to_float(stored, row.data(), columns);
                for (std::int64_t c = 0; c < columns; ++c)
                    EXPECT_NEAR(row[c], values[c * rows + r],
                                policy == WeightPolicy::q8_0 ? 0.13 : 0)
                        << r << " " << c;
            }
        }
    }
}

TEST_F(WeightSetTest, HoldsNothingAfterAPartFailed) {
    const Checkpoint checkpoint = open({tests::f32_tensor("w", {2, 2}, {1, 2, 3, 4})});
    const auto cpu = Device::cpu(2);
    WeightSet weights("a test", checkpoint, WeightPolicy::f16);
    weights.computed_in_parts("x", {2, 2}, WeightRole::matrix, 2,
                              [](const WeightReader&, std::int64_t part, const TakePiece&) {
                                  if (part == 1) throw Error(ErrorCode::corrupt_file, "Part 1.");
                              });
    EXPECT_THROW(weights.load(*cpu), Error);
    EXPECT_FALSE(weights.loaded());
    EXPECT_EQ(cpu->memory().held_bytes(), 0);
}

TEST_F(WeightSetTest, LoadsAgainAfterItWasUnloaded) {
    const Checkpoint checkpoint = open({tests::f32_tensor("a", {2}, {1, 2})});
    WeightSet weights("a test", checkpoint, WeightPolicy::f32);
    ggml_tensor* a = weights.exact("a", {2});
    for (int i = 0; i < 2; ++i) {
        weights.load(*cpu_);
        EXPECT_EQ(TensorSet::read(a, {2}).values, (std::vector<float>{1, 2}));
        weights.unload();
    }
}

TEST_F(WeightSetTest, FindsNamesOfCausalModels) {
    const Checkpoint checkpoint = open({tests::f32_tensor("model.norm.weight", {1}, {7})});
    WeightSet weights("a test", checkpoint, WeightPolicy::f32);
    ggml_tensor* norm = weights.exact("norm.weight", {1});
    weights.load(*cpu_);
    EXPECT_EQ(TensorSet::read(norm, {1}).values, std::vector<float>{7});
}

TEST_F(WeightSetTest, NamesTheTensorThatIsMissingOrHasAnotherShape) {
    const Checkpoint checkpoint = open({tests::f32_tensor("w", {2, 2}, {1, 2, 3, 4})});
    WeightSet weights("a test", checkpoint, WeightPolicy::f32);
    for (const auto& declare :
         std::vector<std::function<void()>>{[&] {
                                                weights.matrix("w", {2, 3});
                                            },
                                            [&] { weights.require("w", {4}); },
                                            [&] {
                                                weights.matrix("v", {2, 2});
                                            }}) {
        try {
            declare();
            FAIL() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::corrupt_file);
            EXPECT_THAT(error.message(), ::testing::HasSubstr("weights.safetensors"));
        }
    }
}

TEST_F(WeightSetTest, HoldsNothingAfterTheBudgetRefused) {
    const auto small = Device::cpu(1, 8);
    const Checkpoint checkpoint = open({tests::f32_tensor("w", {2, 2}, {1, 2, 3, 4})});
    WeightSet weights("a test", checkpoint, WeightPolicy::f32);
    weights.matrix("w", {2, 2});
    EXPECT_THROW(weights.load(*small), Error);
    EXPECT_FALSE(weights.loaded());
    EXPECT_EQ(small->memory().held_bytes(), 0);
    weights.load(*cpu_);
    EXPECT_TRUE(weights.loaded());
}

}  // namespace
}  // namespace acestep::runtime
