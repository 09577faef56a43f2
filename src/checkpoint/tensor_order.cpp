#include "checkpoint/tensor_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/file_error.h"
#include "checkpoint/printable.h"

namespace acestep::checkpoint {

void order_by_position(std::vector<TensorView>& tensors) {
    std::stable_sort(tensors.begin(), tensors.end(),
                     [](const TensorView& left, const TensorView& right) {
                         return left.bytes.data() < right.bytes.data();
                     });
    const TensorView* previous = nullptr;  // the last one that has any bytes
    for (const TensorView& tensor : tensors) {
        if (tensor.bytes.empty()) continue;
        if (previous && previous->bytes.data() + previous->bytes.size() > tensor.bytes.data()) {
            fail_corrupt(tensor.file,
                         fmt::format("tensors {} and {} share bytes", printable(previous->name),
                                     printable(tensor.name)));
        }
        previous = &tensor;
    }
}

}  // namespace acestep::checkpoint
