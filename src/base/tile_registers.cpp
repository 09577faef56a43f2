#include "base/tile_registers.h"

#if defined(__linux__) && defined(__x86_64__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace acestep {

#if defined(__linux__) && defined(__x86_64__)

bool may_use_tile_registers() {
    // ARCH_REQ_XCOMP_PERM for XFEATURE_XTILEDATA (Linux 5.16); not in the headers of older systems.
    constexpr long request_permission = 0x1023, tile_data = 18;
    static const bool granted = syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
    return granted;
}

#else

bool may_use_tile_registers() {
    return false;
}

#endif

}  // namespace acestep
