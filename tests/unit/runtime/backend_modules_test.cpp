// Modules that are absent, damaged or made for something else: never a crash, always a reason.
#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>

#include <ggml.h>

#include "runtime/device_list.h"
#include "support/temporary_directory.h"

namespace acestep::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class BackendModules : public testing::Test {
protected:
    /// A file in the folder of modules, for the backend and the version of ggml given.
    std::filesystem::path write(const std::string& backend, const std::string& version,
                                const std::string& bytes) const {
        const auto file = folder_.path() / ("libggml-" + backend + "-" + version + ".so");
        std::ofstream(file, std::ios::binary) << bytes;
        return file;
    }
    ModuleState state_of(const std::string& backend) const {
        const auto states = list_modules(folder_.path());
        return *std::find_if(states.begin(), states.end(),
                             [&](const ModuleState& state) { return state.backend == backend; });
    }

    tests::TemporaryDirectory folder_;
};

TEST_F(BackendModules, AllKnownOnesAreListedInOrder) {
    std::vector<std::string> names;
    for (const ModuleState& state : list_modules(folder_.path())) names.push_back(state.backend);
    EXPECT_THAT(names, ElementsAre("vulkan", "cuda", "hip", "sycl", "metal", "rpc"));
}

TEST_F(BackendModules, WithoutAFileIsMissing) {
    const ModuleState state = state_of("metal");
    EXPECT_EQ(state.status, ModuleStatus::missing);
    EXPECT_EQ(state.file, "");
    EXPECT_EQ(state.problem, "");
}

TEST_F(BackendModules, InAFolderThatIsNotThereIsMissing) {
    const auto states = list_modules(folder_.path() / "nowhere");
    const auto metal = std::find_if(states.begin(), states.end(),
                                    [](const auto& state) { return state.backend == "metal"; });
    EXPECT_EQ(metal->status, ModuleStatus::missing);
}

TEST_F(BackendModules, WithBytesThatAreNoLibraryFailsWithTheLinkersReason) {
    const auto file = write("hip", ggml_version(), "no library at all");
    const ModuleState state = state_of("hip");
    EXPECT_EQ(state.status, ModuleStatus::failed);
    EXPECT_EQ(state.file, file);
    EXPECT_THAT(state.problem, HasSubstr("It could not be loaded: "));
}

TEST_F(BackendModules, OfADamagedLibraryFails) {
    // The head of an ELF file whose rest is missing.
    write("sycl", ggml_version(),
          std::string("\x7f"
                      "ELF\x02\x01\x01",
                      7) +
              std::string(57, '\xff'));
    EXPECT_EQ(state_of("sycl").status, ModuleStatus::failed);
    EXPECT_NE(state_of("sycl").problem, "");
}

TEST_F(BackendModules, ForAnotherGgmlIsNotLoaded) {
    write("cuda", "0.1.0", "never opened");
    const ModuleState state = state_of("cuda");
    EXPECT_EQ(state.status, ModuleStatus::failed);
    EXPECT_THAT(state.problem, HasSubstr(std::string("this program uses ") + ggml_version()));
}

TEST_F(BackendModules, ThatFailedIsLookedForAgain) {
    const auto file = write("hip", ggml_version(), "no library at all");
    EXPECT_EQ(state_of("hip").status, ModuleStatus::failed);
    std::filesystem::remove(file);
    EXPECT_EQ(state_of("hip").status, ModuleStatus::missing);
}

TEST_F(BackendModules, DevicesEndWithTheProcessor) {
    const std::vector<ListedDevice> devices = list_devices(folder_.path());
    ASSERT_FALSE(devices.empty());
    EXPECT_EQ(devices.back().id, "cpu");
    EXPECT_EQ(devices.back().type, DeviceType::cpu);
    EXPECT_NE(devices.back().handle, nullptr);
    EXPECT_GT(devices.back().total_bytes, 0);
}

}  // namespace
}  // namespace acestep::runtime
