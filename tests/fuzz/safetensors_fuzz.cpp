// Any bytes as a safetensors file: refused with an Error, or every tensor can be read.
#include <cstddef>
#include <cstdint>
#include <span>

#include "acestep/error.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto contents =
            acestep::checkpoint::read_safetensors(std::as_bytes(std::span(data, size)), "fuzz");
        for (const auto& tensor : contents.tensors) to_float(tensor);
    } catch (const acestep::Error&) {
    }
    return 0;
}
