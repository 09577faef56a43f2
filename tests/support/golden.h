// Golden data: what the official program computes, as files (tests/golden/data/README.md).
//
// The directory is tests/golden/data, or the one that ACESTEP_GOLDEN_DIR names: data of the same
// layout made from other seeds. A file that is absent there makes its test skip and say so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/array.h"
#include "checkpoint/checkpoint.h"

namespace acestep::tests {

std::filesystem::path golden_dir();

class GoldenFile {
public:
    /// Nothing when the file is absent.
    static std::optional<GoldenFile> open(const std::string& file_name);

    bool has(std::string_view tensor) const;
    /// Float tensors, and integer ones as floats.
    Array array(std::string_view tensor) const;
    /// Tensors of integers (also when stored as F32).
    std::vector<std::int64_t> integers(std::string_view tensor) const;
    std::vector<std::string> names() const;
    /// A metadata value, parsed as JSON; null when there is none.
    nlohmann::json metadata(const std::string& key) const;

private:
    explicit GoldenFile(checkpoint::Checkpoint file) : file_(std::move(file)) {}
    checkpoint::Checkpoint file_;
};

/// Nothing when the file is absent.
std::optional<nlohmann::json> golden_json(const std::string& file_name);

/// L2 norm of the difference over the L2 norm of the reference, in double; infinite when shapes
/// differ.
double relative_error(const Array& got, const Array& want);

/// Succeeds within `tolerance`; otherwise tells the error and the first element that differs most.
::testing::AssertionResult close_to(const Array& got, const Array& want, double tolerance);

/// Names of the golden files that begin with `prefix` and end with `suffix`, sorted. With the
/// default directory these are the cases themselves; with another one, what it has.
std::vector<std::string> golden_files(std::string_view prefix, std::string_view suffix);

}  // namespace acestep::tests

/// Declares `name` as the opened file, or skips the test naming the file.
#define ACESTEP_GOLDEN(name, file)                                        \
    const auto name##_opened = ::acestep::tests::GoldenFile::open(file);  \
    if (!name##_opened) GTEST_SKIP() << "golden file absent: " << (file); \
    const auto& name = *name##_opened

#define ACESTEP_GOLDEN_JSON(name, file)                                   \
    const auto name##_opened = ::acestep::tests::golden_json(file);       \
    if (!name##_opened) GTEST_SKIP() << "golden file absent: " << (file); \
    const auto& name = *name##_opened
