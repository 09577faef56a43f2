// library.h with oneDNN 2.x or 3.x.
//
// What oneDNN prepares for a product (a primitive: generated code) is kept for later ones, up to a
// fixed number. All scratch memory is the caller's.
#include <list>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl.hpp>

#include "acestep/error.h"
#include "onednn/library.h"

// Of OpenMP's runtime, which oneDNN uses; what is needed of its header.
extern "C" int omp_get_max_threads(void);
extern "C" void omp_set_num_threads(int);

namespace acestep::onednn {
namespace {

using dnnl::memory;
using Key = std::pair<PackedShape, std::tuple<int, std::int64_t, std::int64_t, std::int64_t>>;

// A network has some ten shapes of weights, each with a few lengths.
constexpr std::size_t most_primitives = 128;
// The number of vectors for which oneDNN chooses the order of packed weights.
constexpr std::int64_t usual_count = 512;

const dnnl::engine& engine() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

memory::data_type weight_type(PackedType type) {
    switch (type) {
        case PackedType::f32: return memory::data_type::f32;
        case PackedType::bf16: return memory::data_type::bf16;
        case PackedType::int8: return memory::data_type::s8;
    }
    return memory::data_type::f32;
}

memory::data_type source_type(PackedType type) {
    return type == PackedType::int8 ? memory::data_type::u8 : weight_type(type);
}

memory::data_type result_type(PackedType type) {
    return type == PackedType::int8 ? memory::data_type::s32 : memory::data_type::f32;
}

memory::desc plain_weights(const PackedShape& shape) {
    // oneDNN's matrix is [columns, rows]; ours lies transposed.
    return {{shape.columns, shape.rows}, weight_type(shape.type), memory::format_tag::ba};
}

/// Threads are the library's global setting while a product is prepared or runs.
class Threads {
public:
    explicit Threads(int threads) : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }
    ~Threads() { omp_set_num_threads(before_); }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

private:
    int before_;
};

dnnl::matmul::primitive_desc describe(const PackedProduct& product, const memory::desc& weights) {
    const PackedShape& shape = product.shape;
    const memory::desc x({product.count, shape.columns}, source_type(shape.type),
                         memory::dims{product.x_stride, 1});
    const memory::desc y({product.count, shape.rows}, result_type(shape.type),
                         memory::dims{product.y_stride, 1});
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
#if DNNL_VERSION_MAJOR >= 3
    return {engine(), x, weights, y, attributes};
#else
    return {dnnl::matmul::desc(x, weights, y), attributes, engine()};
#endif
}

memory::desc chosen_weights(const PackedShape& shape) {
    // Of 8 bits they stay as they are: the order that oneDNN 2.6 and 3.2 choose is no faster, and
    // on AVX2 half as fast.
    if (shape.type == PackedType::int8 && activation_levels() < 127) return plain_weights(shape);
    const PackedProduct usual{shape, omp_get_max_threads(), usual_count, shape.columns, shape.rows};
    const memory::desc any({shape.columns, shape.rows}, weight_type(shape.type),
                           memory::format_tag::any);
    return describe(usual, any).weights_desc();
}

struct Prepared {
    dnnl::matmul primitive;
    dnnl::matmul::primitive_desc description;
};

/// What is known of shapes and products: layouts for good, primitives the last used ones.
class Cache {
public:
    memory::desc layout(const PackedShape& shape) {
        const std::lock_guard lock(mutex_);
        return locked_layout(shape);
    }

    Prepared prepared(const PackedProduct& product) {
        const std::lock_guard lock(mutex_);
        const Key key{product.shape,
                      {product.threads, product.count, product.x_stride, product.y_stride}};
        for (auto at = recent_.begin(); at != recent_.end(); ++at) {
            if (at->first != key) continue;
            recent_.splice(recent_.begin(), recent_, at);
            return recent_.front().second;
        }
        const Threads threads(product.threads);
        const auto description = describe(product, locked_layout(product.shape));
        recent_.emplace_front(key, Prepared{dnnl::matmul(description), description});
        if (recent_.size() > most_primitives) recent_.pop_back();
        return recent_.front().second;
    }

private:
    const memory::desc& locked_layout(const PackedShape& shape) {
        const auto found = layouts_.find(shape);
        if (found != layouts_.end()) return found->second;
        return layouts_.emplace(shape, chosen_weights(shape)).first->second;
    }

    std::mutex mutex_;
    std::map<PackedShape, memory::desc> layouts_;
    std::list<std::pair<Key, Prepared>> recent_;
};

Cache& cache() {
    static Cache cache;
    return cache;
}

[[noreturn]] void fail(const PackedShape& shape, const dnnl::error& error) {
    throw Error(ErrorCode::internal,
                fmt::format("oneDNN cannot multiply by a matrix of {} x {}: {}.", shape.rows,
                            shape.columns, error.what()));
}

memory wrapped(const memory::desc& desc, const void* data) {
    return {desc, engine(), const_cast<void*>(data)};
}

void reorder(const PackedShape& shape, const memory::desc& from_desc, const void* from,
             const memory::desc& to_desc, void* to) {
    try {
        dnnl::stream stream(engine());
        memory source = wrapped(from_desc, from), target = wrapped(to_desc, to);
        dnnl::reorder(source, target).execute(stream, source, target);
        stream.wait();
    } catch (const dnnl::error& error) {
        fail(shape, error);
    }
}

dnnl::cpu_isa effective_isa() {
    static const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
    return isa;
}

bool isa_has(dnnl::cpu_isa wanted) {
    const auto have = static_cast<unsigned>(effective_isa());
    return (have & static_cast<unsigned>(wanted)) == static_cast<unsigned>(wanted);
}

}  // namespace

std::string library_name() {
    const dnnl_version_t* version = dnnl_version();
    return fmt::format("oneDNN {}.{}", version->major, version->minor);
}

InstructionSet library_instruction_set() {
    if (isa_has(dnnl::cpu_isa::avx512_core_amx)) return InstructionSet::x86_64_amx;
    if (isa_has(dnnl::cpu_isa::avx512_core_bf16)) return InstructionSet::x86_64_bf16;
    if (isa_has(dnnl::cpu_isa::avx512_core)) return InstructionSet::x86_64_v4;
    if (isa_has(dnnl::cpu_isa::avx2)) return InstructionSet::x86_64_v3;
    return InstructionSet::portable;
}

bool multiplies_bf16() {
    return isa_has(dnnl::cpu_isa::avx512_core_bf16);
}

int activation_levels() {
    return isa_has(dnnl::cpu_isa::avx512_core_vnni) ? 127 : 63;
}

bool can_pack(const PackedShape& shape) {
    if (shape.rows <= 0 || shape.columns <= 0) return false;
    if (shape.type == PackedType::bf16 && !multiplies_bf16()) return false;
    try {
        for (const std::int64_t count : {std::int64_t{1}, std::int64_t{64}, usual_count})
            cache().prepared({shape, 1, count, shape.columns, shape.rows});
        return true;
    } catch (const dnnl::error&) {
        return false;
    }
}

std::size_t packed_bytes(const PackedShape& shape) {
    try {
        return cache().layout(shape).get_size();
    } catch (const dnnl::error& error) {
        fail(shape, error);
    }
}

void pack(const PackedShape& shape, const void* plain, void* packed) {
    reorder(shape, plain_weights(shape), plain, cache().layout(shape), packed);
}

void unpack(const PackedShape& shape, const void* packed, void* plain) {
    reorder(shape, cache().layout(shape), packed, plain_weights(shape), plain);
}

std::size_t scratch_bytes(const PackedProduct& product) {
    try {
        return cache().prepared(product).description.scratchpad_desc().get_size();
    } catch (const dnnl::error& error) {
        fail(product.shape, error);
    }
}

void multiply(const PackedProduct& product, const PackedOperands& operands) {
    try {
        const Prepared prepared = cache().prepared(product);
        const auto& description = prepared.description;
        const Threads threads(product.threads);
        dnnl::stream stream(engine());
        prepared.primitive.execute(
            stream,
            {{DNNL_ARG_SRC, wrapped(description.src_desc(), operands.x)},
             {DNNL_ARG_WEIGHTS, wrapped(description.weights_desc(), operands.weights)},
             {DNNL_ARG_DST, wrapped(description.dst_desc(), operands.y)},
             {DNNL_ARG_SCRATCHPAD, wrapped(description.scratchpad_desc(), operands.scratch)}});
        stream.wait();
    } catch (const dnnl::error& error) {
        fail(product.shape, error);
    }
}

}  // namespace acestep::onednn
