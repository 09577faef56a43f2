// A convolution by the method that is fastest here, with its weights in the order of the method:
// they are ordered once, and parts of the convolution computed one by one.
#pragma once

#include <cstddef>

#include "onednn/kernels/kernels.h"
#include "onednn/products/product.h"

namespace acestep::onednn {

enum class ConvolutionMethod {
    direct,    ///< by the definition in f32 (product.h)
    words,     ///< by the definition in bf16 (word_product.h)
    winograd,  ///< with fewer multiplications (winograd.h)
};

ConvolutionMethod method_for(const Kernels& kernels, const Product& convolution);

class PreparedConvolution {
public:
    /// The method is chosen for all of it.
    PreparedConvolution(const Kernels& kernels, const Product& whole)
        : kernels_(kernels), whole_(whole), method_(method_for(kernels, whole)) {}

    /// Of the time of plain products of the same size.
    double share_of_product_time() const;

    /// Memory for the ordered weights.
    std::size_t bytes() const;
    /// Orders them. `memory`: `bytes` of it, on the boundary of a cache line; it has to stay.
    void prepare(int threads, std::byte* memory);
    /// Other rows of the same convolution, on the calling thread. A part of the frames of the whole
    /// comes to the same numbers. Uses the thread's scratch.
    void compute(const Product& part) const;

private:
    const Kernels& kernels_;
    Product whole_;
    ConvolutionMethod method_;
    std::byte* memory_ = nullptr;
};

}  // namespace acestep::onednn
