// Writes a GGUF file, version 3, in the layout that gguf.h describes.
//
// The file appears under its name complete or not at all: everything goes to a temporary file in
// the same folder, which `commit` gives its name and the destructor removes otherwise. Data is
// streamed, so that no tensor has to be in memory as a whole. Source: spec dit.md 9.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "checkpoint/gguf.h"
#include "checkpoint/tensor_view.h"

namespace acestep::checkpoint {

/// A metadata value to write. Integers take 32 bits where they fit, as other programs expect them.
using GgufItem = std::variant<bool, std::uint64_t, std::int64_t, float, double, std::string,
                              std::vector<std::string>, GgufArray>;
using GgufItems = std::vector<std::pair<std::string, GgufItem>>;

/// A tensor to write; the shape reads slowest dimension first.
struct GgufTensor {
    std::string name;
    DataType type = DataType::f32;
    std::vector<std::int64_t> shape;
};

class GgufWriter {
public:
    /// Lays the file out and writes nothing yet. \throws Error{unsupported} naming a tensor that
    /// GGUF cannot hold: of more than four dimensions, of a type that is not ggml's, or with rows
    /// that are no whole blocks; Error{internal} for a key or name that is there twice
    GgufWriter(const GgufItems& values, const std::vector<GgufTensor>& tensors);
    ~GgufWriter();
    GgufWriter(const GgufWriter&) = delete;
    GgufWriter& operator=(const GgufWriter&) = delete;

    /// What the whole file will have.
    std::int64_t file_bytes() const;

    /// Begins the file. Call once. \throws Error{unavailable} naming `target` when its folder
    /// cannot be written, or the target is a folder or a device.
    void create(const std::filesystem::path& target);
    /// The data of the tensors, one after the other in the order they were given, in pieces of any
    /// size within a tensor. \throws Error{unavailable} when the disk does not take it,
    /// Error{internal} for more than the tensors have
    void write(std::span<const std::byte> bytes);
    /// Ends writing data, all of which has to be there. The file is complete and can be read under
    /// the name returned, until it gets its own. \throws Error{unavailable}, Error{internal} when
    /// data is missing
    const std::filesystem::path& finish();
    /// Another value for a key that was given as float, which nothing but the finished file tells.
    /// Between `finish` and `commit`. \throws Error{unavailable}, Error{internal} when there is no
    /// such key
    void replace(const std::string& key, float value);
    /// Gives the file its name; one that is there is replaced. Call once, after all data; finishes
    /// the file if need be. \throws Error{unavailable}, Error{internal} when data is missing
    void commit();

private:
    void append(std::span<const std::byte> bytes);
    void finish_tensors();

    std::string header_;                         ///< up to the first tensor's data
    std::map<std::string, std::size_t> floats_;  ///< where in the header their values are, by key
    std::vector<std::int64_t> sizes_;            ///< of the tensors' data, without padding
    std::size_t tensor_ = 0;                     ///< the one that is written
    std::int64_t written_ = 0;                   ///< of its data
    std::filesystem::path target_;
    std::filesystem::path temporary_;  ///< blank: none is there
    std::ofstream stream_;
};

}  // namespace acestep::checkpoint
