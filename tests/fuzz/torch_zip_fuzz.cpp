// Any bytes as silence_latent.pt: refused with an Error, or read whole.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "acestep/error.h"
#include "checkpoint/torch_zip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto silence = acestep::checkpoint::read_silence_latent(
            std::as_bytes(std::span(data, size)), "fuzz", std::nullopt);
        // Nothing is made out of nothing: the values were all in the file.
        if (silence.values.size() > size) std::abort();
    } catch (const acestep::Error&) {
    }
    return 0;
}
