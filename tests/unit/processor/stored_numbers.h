// Random numbers in the formats of matrices and caches, with what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "processor/cached_attention.h"
#include "processor/instruction_set.h"
#include "processor/skinny_product.h"

namespace acestep::processor {

/// Those that this machine can run.
std::vector<InstructionSet> instruction_sets_here();

double value_of_f16(std::uint16_t bits);
double value_of_bf16(std::uint16_t bits);

/// Between -1 and 1, the same for the same seed.
std::vector<float> random_floats(std::size_t count, std::uint64_t seed);

struct StoredNumbers {
    std::vector<std::byte> bytes;
    std::vector<double> values;
};

/// Rows of random numbers; `padding` bytes that are no numbers follow each row.
StoredNumbers random_rows(MatrixType type, std::int64_t rows, std::int64_t columns,
                          std::size_t padding, std::uint64_t seed);

std::size_t row_bytes_of(MatrixType type, std::int64_t columns);

}  // namespace acestep::processor
