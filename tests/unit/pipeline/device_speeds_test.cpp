#include "pipeline/machine/device_speeds.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onednn/backend.h"
#include "support/temporary_directory.h"

namespace acestep::pipeline {
namespace {

using runtime::Device;
using runtime::Speeds;

Speeds some_speeds() {
    Speeds speeds{.products = {}, .memory = 2e10, .transfer = 0, .launch = 1e-6, .convert = 1e8};
    for (const ggml_type type : {GGML_TYPE_F32, GGML_TYPE_F16, GGML_TYPE_BF16, GGML_TYPE_Q8_0,
                                 GGML_TYPE_Q6_K, GGML_TYPE_Q5_K, GGML_TYPE_Q4_K})
        speeds.products[type] = 1e11 + static_cast<int>(type);
    return speeds;
}

class DeviceSpeedsTest : public testing::Test {
protected:
    std::filesystem::path path() const { return folder_.path() / "not yet there" / "speeds.json"; }
    SpeedFile file() const { return SpeedFile(path()); }

    std::string text() const {
        std::ifstream in(path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }

private:
    tests::TemporaryDirectory folder_;
};

TEST_F(DeviceSpeedsTest, AreMeasuredOnceAndRemembered) {
    int opened = 0;
    const auto open = [&] {
        ++opened;
        return Device::cpu(1);
    };
    const auto measured = device_speeds(file(), "a processor", open);
    ASSERT_TRUE(measured);
    EXPECT_GT(measured->memory, 0);
    EXPECT_GT(measured->launch, 0);
    EXPECT_GT(measured->convert, 0);
    EXPECT_EQ(measured->transfer, 0) << "a processor's memory is the host's";
    EXPECT_EQ(measured->products.size(), some_speeds().products.size());
    for (const auto& [type, rate] : measured->products) EXPECT_GT(rate, 0) << ggml_type_name(type);

    const auto again = device_speeds(file(), "a processor", open);
    ASSERT_TRUE(again);
    EXPECT_EQ(opened, 1);
    EXPECT_EQ(again->products, measured->products);
    EXPECT_EQ(again->memory, measured->memory);
    EXPECT_EQ(again->launch, measured->launch);
}

TEST_F(DeviceSpeedsTest, OfSeveralDevicesLieInOneFile) {
    file().remember("one", some_speeds());
    Speeds other = some_speeds();
    other.transfer = 5e9;
    file().remember("the \"other\"\n", other);
    EXPECT_EQ(file().find("one")->transfer, 0);
    EXPECT_EQ(file().find("the \"other\"\n")->transfer, 5e9);
    EXPECT_FALSE(file().find("a third"));
}

TEST_F(DeviceSpeedsTest, OfADamagedFileAreNotBelieved) {
    file().remember("one", some_speeds());
    const std::string good = text();
    const auto replaced = [&](const std::string& what, const std::string& with) {
        std::string changed = good;
        const std::size_t at = changed.find(what);
        EXPECT_NE(at, std::string::npos) << what;
        return changed.replace(at, what.size(), with);
    };
    for (const std::string& damaged :
         {std::string(), std::string("[]"), good.substr(0, good.size() / 2),
          replaced("\"program\"", "\"program of another\""), replaced("20000000000.0", "-1"),
          replaced("20000000000.0", "\"fast\""), replaced("20000000000.0", "1e300"),
          replaced("\"q8_0\"", "\"q9_0\""), replaced("\"flops\"", "\"flips\""),
          std::string(3 << 20, ' ') + good}) {
        write(damaged);
        EXPECT_FALSE(file().find("one")) << damaged.substr(0, 200);
        file().remember("two", some_speeds());
        EXPECT_TRUE(file().find("two"));
    }
}

TEST_F(DeviceSpeedsTest, NeedNoFile) {
    const SpeedFile none{{}};
    none.remember("one", some_speeds());
    EXPECT_FALSE(none.find("one"));
    // A folder that cannot be: below a file.
    file().remember("one", some_speeds());
    const SpeedFile below(path() / "speeds.json");
    below.remember("one", some_speeds());
    EXPECT_FALSE(below.find("one"));
}

TEST_F(DeviceSpeedsTest, AreUnknownWhereMeasuringFindsNoMemory) {
    EXPECT_FALSE(device_speeds(file(), "small", [] { return Device::cpu(1, 1024); }));
    EXPECT_FALSE(file().find("small"));
}

TEST_F(DeviceSpeedsTest, LeaveNoUnfinishedFiles) {
    file().remember("one", some_speeds());
    file().remember("two", some_speeds());
    int files = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator(path().parent_path()))
        ++files;
    EXPECT_EQ(files, 1);
}

TEST(ProcessorKey, TellsApartWhatComputes) {
    const std::string own = processor_key(2, runtime::ProcessorKernels::own);
    EXPECT_THAT(own, testing::HasSubstr(", 2 threads, " + runtime::processor_engine()));
    // Two virtual machines on one processor may differ in this.
    EXPECT_THAT(own, testing::HasSubstr(onednn::instructions()));
    EXPECT_NE(own, processor_key(3, runtime::ProcessorKernels::own));
    EXPECT_NE(own, processor_key(2, runtime::ProcessorKernels::ggml));
}

}  // namespace
}  // namespace acestep::pipeline
