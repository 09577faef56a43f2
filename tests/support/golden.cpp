#include "support/golden.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <system_error>

namespace acestep::tests {

std::filesystem::path golden_dir() {
    if (const char* other = std::getenv("ACESTEP_GOLDEN_DIR"); other && *other) return other;
    return ACESTEP_GOLDEN_DATA;
}

std::optional<GoldenFile> GoldenFile::open(const std::string& file_name) {
    const std::filesystem::path path = golden_dir() / file_name;
    if (!std::filesystem::exists(path)) return std::nullopt;
    return GoldenFile(checkpoint::Checkpoint::open(path));
}

bool GoldenFile::has(std::string_view tensor) const {
    return file_.find(tensor) != nullptr;
}

Array GoldenFile::array(std::string_view tensor) const {
    const checkpoint::TensorView* view = file_.find(tensor);
    if (!view) throw std::runtime_error("golden file has no tensor " + std::string(tensor));
    return Array(view->shape, checkpoint::to_float(*view));
}

std::vector<std::int64_t> GoldenFile::integers(std::string_view tensor) const {
    const Array values = array(tensor);
    std::vector<std::int64_t> result(values.values.size());
    std::transform(values.values.begin(), values.values.end(), result.begin(),
                   [](float value) { return std::llround(value); });
    return result;
}

std::vector<std::string> GoldenFile::names() const {
    std::vector<std::string> result;
    for (const checkpoint::TensorView& view : file_.tensors()) result.push_back(view.name);
    return result;
}

nlohmann::json GoldenFile::metadata(const std::string& key) const {
    const auto entry = file_.metadata().find(key);
    return entry == file_.metadata().end() ? nlohmann::json()
                                           : nlohmann::json::parse(entry->second);
}

std::optional<nlohmann::json> golden_json(const std::string& file_name) {
    std::ifstream stream(golden_dir() / file_name);
    if (!stream) return std::nullopt;
    return nlohmann::json::parse(stream);
}

namespace {

/// Puts the largest error of the running test into the report that --gtest_output asks for.
void record(double error) {
    static std::map<std::string, double> largest;
    const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
    if (!test) return;
    double& known = largest[std::string(test->test_suite_name()) + "." + test->name()];
    known = std::max(known, error);
    ::testing::Test::RecordProperty("largest_relative_error", std::to_string(known * 1e6) + "e-6");
}

}  // namespace

double relative_error(const Array& got, const Array& want) {
    if (got.shape != want.shape) return std::numeric_limits<double>::infinity();
    double difference = 0, reference = 0;
    for (std::size_t i = 0; i < want.values.size(); ++i) {
        const double delta = double(got.values[i]) - double(want.values[i]);
        difference += delta * delta;
        reference += double(want.values[i]) * double(want.values[i]);
    }
    const double error = std::sqrt(difference) / std::max(std::sqrt(reference), 1e-30);
    return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

::testing::AssertionResult close_to(const Array& got, const Array& want, double tolerance) {
    if (got.shape != want.shape) {
        return ::testing::AssertionFailure()
               << "shape " << ::testing::PrintToString(got.shape) << " where "
               << ::testing::PrintToString(want.shape) << " is wanted";
    }
    const double error = relative_error(got, want);
    record(error);
    if (error <= tolerance) return ::testing::AssertionSuccess();
    std::size_t worst = 0;
    double largest = -1;
    for (std::size_t i = 0; i < want.values.size(); ++i) {
        const double delta = std::abs(double(got.values[i]) - double(want.values[i]));
        if (std::isnan(delta) || delta > largest) {
            worst = i;
            largest = delta;
            if (std::isnan(delta)) break;
        }
    }
    return ::testing::AssertionFailure()
           << "relative error " << error << " above " << tolerance << "; element " << worst
           << " differs most: " << got.values[worst] << " where " << want.values[worst]
           << " is wanted";
}

std::vector<std::string> golden_files(std::string_view prefix, std::string_view suffix) {
    std::vector<std::string> result;
    std::error_code absent;  // a directory that is not there has no cases, and each test says so
    for (const auto& entry : std::filesystem::directory_iterator(golden_dir(), absent)) {
        const std::string file_name = entry.path().filename().string();
        if (file_name.starts_with(prefix) && file_name.ends_with(suffix))
            result.push_back(file_name);
    }
    std::sort(result.begin(), result.end());
    return result;
}

}  // namespace acestep::tests
