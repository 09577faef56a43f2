// Resampling against torchaudio: ten rates to 48,000 Hz, from 3 to 5,000 samples.
#include <algorithm>
#include <string>
#include <vector>

#include "audio/resample.h"
#include "support/golden.h"

namespace acestep::audio {
namespace {

Array to_array(const Waveform& waveform) {
    Array result({std::int64_t(waveform.channels.size()), waveform.samples()});
    for (std::size_t c = 0; c < waveform.channels.size(); ++c)
        std::copy(waveform.channels[c].begin(), waveform.channels[c].end(),
                  result.slice(std::int64_t(c)).begin());
    return result;
}

Waveform to_waveform(const Array& array, int sample_rate) {
    Waveform result{sample_rate, {}};
    for (std::int64_t c = 0; c < array.dim(0); ++c) {
        const auto channel = array.slice(c);
        result.channels.emplace_back(channel.begin(), channel.end());
    }
    return result;
}

TEST(AudioGolden, ResamplesAsTorchaudioDoes) {
    ACESTEP_GOLDEN(golden, "resample.safetensors");
    int cases = 0;
    for (const std::string& tensor : golden.names()) {
        if (!tensor.ends_with(".in")) continue;
        ++cases;
        const std::string stem = tensor.substr(0, tensor.size() - 3);
        const int rate = std::stoi(stem);  // "rate.frames"
        const Waveform result = resample(to_waveform(golden.array(tensor), rate), 48000);
        // Sums of a few hundred float32 products in another order: 1e-7 each.
        EXPECT_TRUE(tests::close_to(to_array(result), golden.array(stem + ".out"), 1e-5)) << stem;
    }
    EXPECT_GT(cases, 0);
}

}  // namespace
}  // namespace acestep::audio
