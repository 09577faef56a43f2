// Checkpoints to GGUF files: everything is planned and checked first, then written to temporary
// files, and these get their names when the last of them is complete.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "acestep/checkpoints.h"
#include "acestep/error.h"
#include "checkpoint/gguf_writer.h"
#include "hardware/cpu.h"
#include "pipeline/checkpoints/code_agreement.h"
#include "pipeline/checkpoints/conversion_plan.h"
#include "runtime/weight_conversion.h"

namespace acestep {
namespace {

namespace fs = std::filesystem;
using checkpoint::Checkpoint;
using checkpoint::DataType;
using checkpoint::GgufTensor;
using checkpoint::GgufWriter;
using checkpoint::TensorView;
using pipeline::ConversionPlan;

/// One part on its way to its file.
struct Job {
    ConversionPlan plan;
    fs::path source;
    fs::path target;
    std::unique_ptr<GgufWriter> writer;
};

/// Sums of squares of what a tensor was and of what it lost.
struct Difference {
    double lost = 0;
    double whole = 0;

    void add(std::span<const float> before, std::span<const float> after) {
        for (std::size_t i = 0; i < before.size(); ++i) {
            const double difference = double(before[i]) - double(after[i]);
            lost += difference * difference;
            whole += double(before[i]) * double(before[i]);
        }
    }
    double relative() const { return lost == 0 ? 0 : std::sqrt(lost / whole); }
};

/// A folder that is removed again unless something is put into it.
class OutputFolder {
public:
    explicit OutputFolder(const fs::path& path) : path_(path) {
        std::error_code failure;
        is_new_ = fs::create_directories(path_, failure);
        if (!failure && fs::is_directory(path_, failure)) return;
        throw Error(ErrorCode::unavailable,
                    fmt::format("The folder {} cannot be made: {}.", path_.string(),
                                failure ? failure.message() : "a file is in its place"));
    }
    ~OutputFolder() {
        std::error_code in_use;  // then it stays
        if (is_new_) fs::remove(path_, in_use);
    }
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

private:
    fs::path path_;
    bool is_new_ = false;
};

class Conversion {
public:
    Conversion(const ConvertOptions& options, const ConvertProgressCallback& progress,
               const CancelToken* cancel)
        : options_(options),
          progress_(progress),
          cancel_(cancel),
          threads_(options.threads > 0 ? options.threads : hardware::usable_cores()) {}

    ConvertResult run() {
        plan();
        require_targets();
        if (!folder_.empty()) made_folder_.emplace(folder_);
        require_space();
        ConvertResult result;
        for (Job& job : jobs_) {
            job.writer->create(job.target);
            result.parts.push_back(write(job));
        }
        for (std::size_t i = 0; i < jobs_.size(); ++i)
            if (jobs_[i].plan.compares_codes()) compare_codes(jobs_[i], result.parts[i], result);
        check_cancelled();
        for (Job& job : jobs_) job.writer->commit();
        return result;
    }

private:
    void plan() {
        const std::vector<fs::path> parts = pipeline::parts_of(options_.source);
        const bool names_a_file = options_.output.extension() == ".gguf";
        if (names_a_file && parts.size() > 1) {
            throw Error(
                ErrorCode::invalid_request,
                fmt::format("output is the file {}; {} has {} parts.", options_.output.string(),
                            options_.source.string(), parts.size()),
                "Name a folder, or one part.");
        }
        if (!names_a_file) folder_ = options_.output;
        for (const fs::path& part : parts) {
            const bool alone = parts.size() == 1;
            Job job{pipeline::plan_conversion(part, options_.type, alone), part, {}, {}};
            job.target = names_a_file ? options_.output
                                      : folder_ / pipeline::converted_name(part, job.plan.type);
            job.writer = std::make_unique<GgufWriter>(job.plan.values, job.plan.tensors);
            total_bytes_ += job.plan.bytes_before();
            jobs_.push_back(std::move(job));
        }
    }

    void require_targets() const {
        for (const Job& job : jobs_) {
            std::error_code unreadable;  // told by whoever writes there
            if (!options_.force && fs::exists(job.target, unreadable)) {
                throw Error(ErrorCode::invalid_request,
                            fmt::format("{} exists already.", job.target.string()),
                            "Choose another output, or replace it with --force.");
            }
            const auto same = std::count_if(jobs_.begin(), jobs_.end(), [&](const Job& other) {
                return other.target == job.target;
            });
            if (same > 1) {
                throw Error(ErrorCode::invalid_request,
                            fmt::format("{} parts would become {}.", same, job.target.string()),
                            "Convert them one by one.");
            }
        }
    }

    void require_space() const {
        std::int64_t needed = 0;
        for (const Job& job : jobs_) needed += job.writer->file_bytes();
        fs::path folder = jobs_.front().target.parent_path();
        if (folder.empty()) folder = ".";
        std::error_code unknown;  // such as a folder that is not there, told by whoever writes
        const fs::space_info space = fs::space(folder, unknown);
        if (unknown || space.available >= static_cast<std::uintmax_t>(needed)) return;
        throw Error(
            ErrorCode::unavailable,
            fmt::format("The conversion needs {} MB in {}, where {} MB are free.",
                        needed / 1'000'000 + 1, folder.string(), space.available / 1'000'000),
            "Free some space or choose another disk.");
    }

    void check_cancelled() const {
        if (cancel_ && cancel_->cancelled())
            throw Error(ErrorCode::cancelled, "Stopped on request.");
    }

    ConvertedPart write(Job& job) {
        ConvertedPart part{.kind = job.plan.kind,
                           .source = job.source,
                           .output = job.target,
                           .bytes_before = job.plan.bytes_before(),
                           .bytes_after = job.writer->file_bytes()};
        name_ = job.source.filename().string();
        std::map<DataType, int> counts;
        const std::vector<TensorView>& tensors = job.plan.source.tensors();
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            const DataType type = job.plan.tensors[i].type;
            ++counts[type];
            const double error = write_tensor(*job.writer, tensors[i], type);
            if (error > part.largest_error) {
                part.largest_error = error;
                part.largest_error_tensor = tensors[i].name;
            }
        }
        for (const auto& [type, count] : counts)
            part.types.emplace_back(checkpoint::name(type), count);
        std::stable_sort(part.types.begin(), part.types.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        return part;
    }

    void compare_codes(Job& job, ConvertedPart& part, ConvertResult& result) {
        const Checkpoint rounded = Checkpoint::open_gguf(job.writer->finish());
        const std::string name = job.source.filename().string();
        const double measured = pipeline::measured_code_agreement(
            {.exact = job.plan.source,
             .rounded = rounded,
             .threads = threads_,
             .cancel = cancel_,
             .progress = [&](double share) {
                 constexpr double whole = 1000;
                 check_cancelled();
                 if (progress_)
                     progress_({ConvertStep::compare_codes, name,
                                static_cast<std::int64_t>(whole * share),
                                static_cast<std::int64_t>(whole)});
             }});
        // Where the source has lost some before, in the worst case they are others.
        const double kept =
            std::max(0.0, measured + pipeline::code_agreement_of_source(job.plan.source) - 1);
        job.writer->replace(pipeline::code_agreement_key, static_cast<float>(kept));
        part.code_agreement = kept;
        if (kept >= pipeline::least_code_agreement) return;
        result.warnings.push_back(fmt::format(
            "{} keeps {:.0f} of 100 audio codes, fewer than {:.0f}: it is not chosen unless it is "
            "named. q8_0 keeps more.",
            job.target.string(), pipeline::codes_of_100(kept),
            100 * pipeline::least_code_agreement));
    }

    /// Returns the relative error.
    double write_tensor(GgufWriter& writer, const TensorView& tensor, DataType type) {
        if (tensor.type == type) {
            copy(writer, tensor);
            return 0;
        }
        Difference difference;
        const auto columns = tensor.shape.empty() ? std::int64_t{1} : tensor.shape.back();
        const runtime::TakeConverted take = [&](std::span<const float> values,
                                                std::span<const std::byte> bytes) {
            const auto rows = static_cast<std::int64_t>(values.size()) / columns;
            const TensorView written{tensor.name, type, {rows, columns}, bytes, tensor.file};
            difference.add(values, runtime::to_float_any(written));
            writer.write(bytes);
            const double share = double(values.size()) / double(elements(tensor));
            advance(static_cast<std::int64_t>(share * double(tensor.bytes.size())));
        };
        runtime::convert(tensor, static_cast<ggml_type>(type), take, threads_);
        const double error = difference.relative();
        if (!std::isfinite(error)) {
            throw Error(ErrorCode::unsupported,
                        fmt::format("Tensor {} in {} cannot be {}: it has values beyond its range.",
                                    tensor.name, tensor.file, checkpoint::name(type)),
                        "Convert it to bf16.");
        }
        return error;
    }

    void copy(GgufWriter& writer, const TensorView& tensor) {
        constexpr std::size_t bytes_at_once = 16 << 20;
        for (std::size_t first = 0; first < tensor.bytes.size(); first += bytes_at_once) {
            const auto part =
                tensor.bytes.subspan(first, std::min(bytes_at_once, tensor.bytes.size() - first));
            writer.write(part);
            advance(static_cast<std::int64_t>(part.size()));
        }
    }

    static std::int64_t elements(const TensorView& tensor) {
        std::int64_t count = 1;
        for (const std::int64_t size : tensor.shape) count *= size;
        return count;
    }

    void advance(std::int64_t bytes) {
        check_cancelled();
        done_bytes_ += bytes;
        if (progress_) progress_({ConvertStep::convert, name_, done_bytes_, total_bytes_});
    }

    const ConvertOptions& options_;
    const ConvertProgressCallback& progress_;
    const CancelToken* cancel_;
    int threads_;
    fs::path folder_;                          // blank: the current one, or that of the one file
    std::optional<OutputFolder> made_folder_;  // outlives the temporary files of the jobs
    std::vector<Job> jobs_;
    std::string name_;  // of the part that is written
    std::int64_t done_bytes_ = 0;
    std::int64_t total_bytes_ = 0;
};

}  // namespace

ConvertResult convert_checkpoint(const ConvertOptions& options,
                                 const ConvertProgressCallback& progress,
                                 const CancelToken* cancel) {
    return Conversion(options, progress, cancel).run();
}

}  // namespace acestep
