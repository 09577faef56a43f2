// The look of help texts.
#pragma once

#include <memory>

namespace CLI {
class Formatter;
}

namespace acestep::cli {

/// CLI11's layout with the value's name only beside a flag (not what it excludes), and one blank
/// line between sections.
std::shared_ptr<CLI::Formatter> help_format();

}  // namespace acestep::cli
