#include "acestep/version.h"

namespace acestep {

std::string_view version() {
    return ACESTEP_VERSION;
}

}  // namespace acestep
