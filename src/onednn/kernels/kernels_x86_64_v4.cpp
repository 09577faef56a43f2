// The kernels in AVX-512. CMakeLists.txt has the compiler's options.
#if defined(__x86_64__)

#include "onednn/kernels/kernels.h"
#include "onednn/kernels/row_kernel.h"

namespace acestep::onednn {

static_assert(lanes == 16, "compiled with the options of its instruction set");

extern const Kernels kernels_x86_64_v4;
constinit const Kernels kernels_x86_64_v4 = all_kernels;

}  // namespace acestep::onednn

#endif
