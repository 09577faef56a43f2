// Any bytes as config.json and as the index of shards: refused with an Error, or an object.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "acestep/error.h"
#include "checkpoint/checkpoint_files.h"
#include "checkpoint/json_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string file = "fuzz";
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        if (!acestep::checkpoint::parse_config(text, file).is_object()) std::abort();
    } catch (const acestep::Error&) {
    }
    try {
        for (const auto& [tensor, shard] : acestep::checkpoint::parse_shard_index(text, file))
            if (shard.find('/') != std::string::npos) std::abort();
    } catch (const acestep::Error&) {
    }
    return 0;
}
