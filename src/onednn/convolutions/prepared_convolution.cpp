#include "onednn/convolutions/prepared_convolution.h"

#include "onednn/convolutions/winograd.h"
#include "onednn/products/word_product.h"

namespace acestep::onednn {

ConvolutionMethod method_for(const Kernels& kernels, const Product& convolution) {
    const bool words = suits_words(kernels, convolution);
    // Winograd's filtering keeps 16 bits of every number, for about as many products of words as a
    // direct one that keeps only the 8 of bf16.
    if (words && convolution.matrix.type == GGML_TYPE_BF16) return ConvolutionMethod::words;
    // Of two taps it saves less than its transforms cost beside products that fast.
    if (words && convolution.rows.taps == 2) return ConvolutionMethod::words;
    if (suits_winograd(convolution)) return ConvolutionMethod::winograd;
    return words ? ConvolutionMethod::words : ConvolutionMethod::direct;
}

double PreparedConvolution::share_of_product_time() const {
    return method_ == ConvolutionMethod::winograd ? winograd_share_of_time(whole_) : 1;
}

std::size_t PreparedConvolution::bytes() const {
    switch (method_) {
        case ConvolutionMethod::winograd: return winograd_weight_bytes(kernels_, whole_);
        case ConvolutionMethod::words: return word_weight_bytes(whole_);
        case ConvolutionMethod::direct: break;
    }
    return 0;
}

void PreparedConvolution::prepare(int threads, std::byte* memory) {
    memory_ = memory;
    switch (method_) {
        case ConvolutionMethod::winograd:
            order_winograd_weights(kernels_, whole_, threads, reinterpret_cast<float*>(memory));
            return;
        case ConvolutionMethod::words:
            order_word_weights(kernels_, whole_, threads, reinterpret_cast<std::uint32_t*>(memory));
            return;
        case ConvolutionMethod::direct: return;
    }
}

void PreparedConvolution::compute(const Product& part) const {
    switch (method_) {
        case ConvolutionMethod::winograd:
            compute_winograd_part(kernels_, part, reinterpret_cast<float*>(memory_));
            return;
        case ConvolutionMethod::words:
            compute_word_part(kernels_, part, reinterpret_cast<std::uint32_t*>(memory_));
            return;
        case ConvolutionMethod::direct: break;
    }
    const std::int64_t all = chunks(part, 1);
    for (std::int64_t chunk = 0; chunk < all; ++chunk) compute_chunk(kernels_, part, chunk, all);
}

}  // namespace acestep::onednn
