// What `acestep bench` has measured, as a picture.
#pragma once

#include <string>

#include "cli/reports/bench_report.h"

namespace acestep::cli {

/// Left a bar for each stage's best time, right the roofline: each stage's arithmetic speed over
/// its operations a byte, under what the device's memory and its products allow.
std::string roofline_svg(const BenchReport& report);

}  // namespace acestep::cli
