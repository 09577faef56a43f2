#include "runtime/staging_memory.h"

#include <gtest/gtest.h>

#include "acestep/error.h"
#include "runtime/device.h"
#include "support/test_device.h"

namespace acestep::runtime {
namespace {

TEST(StagingMemory, GivesPiecesOneBehindTheOther) {
    const auto device = tests::test_device(1);
    StagingMemory memory(*device, 100, "a test");
    const std::span<std::byte> first = memory.take(60), second = memory.take(40);
    ASSERT_EQ(first.size(), 60u);
    EXPECT_EQ(second.data(), first.data() + 60);
    first.front() = second.back() = std::byte{7};
    EXPECT_EQ(memory.take(0).size(), 0u);
    EXPECT_THROW(memory.take(1), Error);
}

TEST(StagingMemory, IsOfTheHostWhateverTheDevice) {
    const auto device = tests::test_device(1);
    EXPECT_TRUE(ggml_backend_buft_is_host(device->staging_buffer_type()));
    const bool is_ordinary = device->staging_buffer_type() == ggml_backend_cpu_buffer_type();
    EXPECT_EQ(is_ordinary, tests::tests_on_processor());  // a driver's own is pinned
}

}  // namespace
}  // namespace acestep::runtime
