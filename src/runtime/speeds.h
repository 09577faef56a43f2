// How fast a device is, and how long the operations of a graph take at that speed.
//
// An operation takes as long as the slower of its arithmetic and its memory traffic (the roofline
// model), and at least what starting it costs. That orders plans by time; it does not foretell
// seconds to the last tenth.
#pragma once

#include <cstdint>
#include <map>

#include <ggml.h>

namespace acestep::runtime {

struct Speeds {
    /// FLOP/s of large matrix products, by the type of the weights. A missing type is as fast as
    /// f32.
    std::map<ggml_type, double> products;
    double memory = 0;    ///< bytes/s read or written by the device in its own memory
    double transfer = 0;  ///< bytes/s from the host to the device; 0: no transfer is needed
    double launch = 0;    ///< seconds that every operation costs at least
    double convert = 0;   ///< weights a second brought into another type; 0: costs nothing

    double product(ggml_type type) const;
};

/// What operations take of a device.
struct Work {
    double flops = 0;    ///< of products, attention and convolutions, by their definitions
    double bytes = 0;    ///< read and written, each source once
    double seconds = 0;  ///< at the given speeds

    Work& operator+=(const Work& other);
    Work& operator-=(const Work& other);
};

/// Of one operation.
Work work(const ggml_tensor& node, const Speeds& speeds);
/// Of all operations of a graph.
Work work(ggml_cgraph* graph, const Speeds& speeds);

}  // namespace acestep::runtime
