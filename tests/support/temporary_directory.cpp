#include "support/temporary_directory.h"

#include <random>
#include <stdexcept>
#include <string>
#include <system_error>

namespace acestep::tests {

TemporaryDirectory::TemporaryDirectory() {
    std::random_device random;
    for (int tries = 0; tries < 100; ++tries) {
        path_ = std::filesystem::temp_directory_path() /
                ("acestep-test-" + std::to_string(random()) + std::to_string(random()));
        if (std::filesystem::create_directory(path_)) return;
    }
    throw std::runtime_error("no temporary directory could be made");
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all,
                                 std::filesystem::perm_options::add, ignored);
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace acestep::tests
