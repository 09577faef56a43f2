// The kernels in what every processor of the architecture has.
#include "onednn/kernels/kernels.h"
#include "onednn/kernels/row_kernel.h"

namespace acestep::onednn {

extern const Kernels kernels_portable;
constinit const Kernels kernels_portable = all_kernels;

}  // namespace acestep::onednn
