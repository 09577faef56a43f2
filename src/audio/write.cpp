// Writing a whole waveform at once.
#include "acestep/audio.h"
#include "audio/audio_writer.h"
#include "audio/waveform.h"

namespace acestep {

void write_audio(const Waveform& waveform, const std::filesystem::path& path,
                 const WriteOptions& options) {
    audio::require_samples(waveform, "written");
    audio::AudioWriter writer(path, waveform.sample_rate, int(waveform.channels.size()), options);
    writer.write(waveform);
    writer.commit();
}

}  // namespace acestep
