// Parts of a picture in SVG, for the plots of plans and benchmarks. Sizes are in pixels.
#pragma once

#include <string>
#include <string_view>

namespace acestep::svg {

/// The picture with white ground around what `content` draws.
std::string picture(double width, double height, std::string_view content);

/// `anchor` is "start", "middle" or "end": which part of the text is at x.
std::string label(double x, double y, std::string_view anchor, std::string_view text,
                  int size = 12);
std::string box(double x, double y, double width, double height, std::string_view fill);
std::string line(double x1, double y1, double x2, double y2, std::string_view color);
std::string dot(double x, double y, double radius, std::string_view fill);

}  // namespace acestep::svg
