// A made-up root of a file system, as the readers of hardware see it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "support/temporary_directory.h"

namespace acestep::hardware {

class FileTree {
public:
    const std::filesystem::path& root() const { return directory_.path(); }

    /// A file with `text` at `path` below the root, with the folders around it.
    void write(const std::string& path, std::string_view text) {
        const std::filesystem::path file = root() / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
    }

private:
    tests::TemporaryDirectory directory_;
};

}  // namespace acestep::hardware
