#include "audio/silence.h"

#include "audio/waveform.h"

namespace acestep::audio {

// Both are false for a waveform with a NaN in it: its peak is NaN.
bool is_silent_input(const Waveform& waveform) {
    return peak(waveform) < 1e-6f;
}

// The RMS is never above the peak, so a peak within the limit settles both.
bool is_silent_output(const Waveform& waveform) {
    return peak(waveform) <= 1e-5f;
}

}  // namespace acestep::audio
