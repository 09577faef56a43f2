// The kernels in AVX2. CMakeLists.txt has the compiler's options.
#if defined(__x86_64__)

#include "processor/attention_kernel.h"
#include "processor/kernels.h"
#include "processor/product_kernel.h"

namespace acestep::processor {

static_assert(lanes == 8, "compiled with the options of its instruction set");

extern const Kernels kernels_x86_64_v3;
constinit const Kernels kernels_x86_64_v3 = {.packed_numbers = packed_numbers,
                                             .pack_vectors = pack_vectors,
                                             .product_rows = product_rows,
                                             .attention_part = attention_part};

}  // namespace acestep::processor

#endif
