// The kernels in the instructions that every processor of this kind has.
#include "processor/attention_kernel.h"
#include "processor/kernels.h"
#include "processor/product_kernel.h"

namespace acestep::processor {

extern const Kernels kernels_portable;
constinit const Kernels kernels_portable = {.packed_numbers = packed_numbers,
                                            .pack_vectors = pack_vectors,
                                            .product_rows = product_rows,
                                            .attention_part = attention_part};

}  // namespace acestep::processor
