// The same numbers wherever weights are kept, and the memory that a rehearsal foretells.

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "models/dit.h"
#include "models/qwen3.h"
#include "support/golden.h"
#include "support/random_array.h"

namespace acestep::models {
namespace {

using runtime::Device;
using runtime::Residency;
using runtime::WeightPolicy;

class Residence : public ::testing::Test {
protected:
    struct Outcome {
        std::vector<float> values;
        std::int64_t peak;
    };

    /// Two guided steps, as a song takes them.
    Outcome two_steps(Device& device, Residency residency, WeightPolicy policy) {
        Dit dit(checkpoint_, config_, policy);
        dit.weights().set_residency(residency);
        device.memory().reset_peak();
        dit.weights().load(device);
        constexpr std::int64_t frames = 301;
        const std::vector<DitCondition> conditions{
            {tests::random_array({9, config_.encoder.hidden_size}, 1),
             tests::random_array({frames, config_.context_channels()}, 2)}};
        Outcome outcome;
        DitRun run(device, dit, conditions);
        Array x = tests::random_array({1, frames, config_.latent_channels}, 3);
        for (const float t : {0.9f, 0.4f}) {
            const auto velocities = run.velocity(x, std::span(&t, 1), true);
            if (device.rehearses()) continue;  // without numbers
            for (std::size_t i = 0; i < x.values.size(); ++i)
                x.values[i] -=
                    velocities.conditional.values[i] - velocities.unconditional.values[i];
        }
        outcome.values = x.values;
        outcome.peak = device.memory().peak_bytes();
        return outcome;
    }

    checkpoint::Checkpoint checkpoint_ =
        checkpoint::Checkpoint::open(tests::golden_dir() / "checkpoints" / "turbo");
    AceStepConfig config_ = read_acestep_config(checkpoint_.config(), "turbo");
    std::unique_ptr<Device> cpu_ = Device::cpu(2);
    std::unique_ptr<Device> gpu_ = Device::simulated("a simulated device", 2, 0);
};

TEST_F(Residence, StreamedAndSwappedLatentsAreThoseOfResidentWeights) {
    for (const WeightPolicy policy : {WeightPolicy::f32, WeightPolicy::bf16, WeightPolicy::q8_0}) {
        const Outcome resident = two_steps(*gpu_, Residency::resident, policy);
        const Outcome swapped = two_steps(*gpu_, Residency::swapped, policy);
        const Outcome streamed = two_steps(*gpu_, Residency::streamed, policy);
        EXPECT_EQ(swapped.values, resident.values);
        EXPECT_EQ(streamed.values, resident.values);
        EXPECT_EQ(swapped.peak, resident.peak);
        EXPECT_LT(streamed.peak, resident.peak);
        EXPECT_EQ(two_steps(*cpu_, Residency::streamed, policy).values, resident.values);
    }
}

TEST_F(Residence, RehearsalTakesTheMemoryOfTheRealThing) {
    for (const Residency residency :
         {Residency::resident, Residency::swapped, Residency::streamed}) {
        for (Device* device : {cpu_.get(), gpu_.get()}) {
            const std::unique_ptr<Device> rehearsal =
                device == cpu_.get() ? Device::cpu(2) : Device::simulated("a device", 2, 0);
            rehearsal->rehearse();
            const Outcome planned = two_steps(*rehearsal, residency, WeightPolicy::bf16);
            EXPECT_EQ(planned.peak, two_steps(*device, residency, WeightPolicy::bf16).peak);
            EXPECT_EQ(rehearsal->memory().held_bytes(), 0);
        }
    }
}

TEST_F(Residence, StreamsTheTextEncoder) {
    const auto checkpoint =
        checkpoint::Checkpoint::open(tests::golden_dir() / "checkpoints" / "text-encoder");
    const std::vector<std::int32_t> ids{3, 1, 4, 1, 5, 9, 2, 6};
    std::vector<Array> states;
    for (const Residency residency : {Residency::resident, Residency::streamed}) {
        Qwen3 encoder(checkpoint, WeightPolicy::f32);
        encoder.weights().set_residency(residency);
        encoder.weights().load(*gpu_);
        states.push_back(encoder.hidden_states(*gpu_, ids));
        EXPECT_EQ(encoder.hidden_states(*gpu_, ids).values, states.back().values);
    }
    EXPECT_EQ(states[0].values, states[1].values);
}

TEST_F(Residence, ADeviceRefusesWhatDoesNotFitAndKeepsNothing) {
    const std::int64_t needed = two_steps(*gpu_, Residency::swapped, WeightPolicy::bf16).peak;
    const auto small = Device::simulated("a small device", 2, needed - 1);
    try {
        two_steps(*small, Residency::swapped, WeightPolicy::bf16);
        FAIL() << "fitted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    }
    EXPECT_EQ(small->memory().held_bytes(), 0);
    EXPECT_NO_THROW(two_steps(*small, Residency::streamed, WeightPolicy::bf16));
}

}  // namespace
}  // namespace acestep::models
