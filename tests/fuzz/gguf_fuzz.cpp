// Any bytes as a GGUF file: refused with an Error, or every value and tensor can be read, and the
// tensors can be laid out again.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "acestep/error.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/gguf.h"
#include "checkpoint/gguf_values.h"
#include "checkpoint/gguf_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace acestep::checkpoint;
    const std::string file = "fuzz";
    try {
        const GgufContents contents = read_gguf(std::as_bytes(std::span(data, size)), file);
        for (const TensorView& tensor : contents.tensors)
            if (block_elements(tensor.type) == 1) to_float(tensor);
        gguf_metadata(contents.values);
        gguf_config(contents.values, file);
        gguf_tokenizer(contents.values, file);
        std::vector<GgufTensor> tensors;
        for (const TensorView& tensor : contents.tensors)
            tensors.push_back({tensor.name, tensor.type, tensor.shape});
        GgufWriter(GgufItems{}, tensors).file_bytes();
    } catch (const acestep::Error&) {
    }
    return 0;
}
