// library.h for a build without oneDNN: nothing is in an order of its.
#include "acestep/error.h"
#include "onednn/library.h"

namespace acestep::onednn {
namespace {

[[noreturn]] void refuse() {
    throw Error(ErrorCode::internal, "This build has no oneDNN, and so no packed weights.");
}

}  // namespace

std::string library_name() {
    return {};
}

InstructionSet library_instruction_set() {
    return InstructionSet::x86_64_amx;
}

bool multiplies_bf16() {
    return false;
}

int activation_levels() {
    return 0;
}

bool can_pack(const PackedShape&) {
    return false;
}

std::size_t packed_bytes(const PackedShape&) {
    refuse();
}

void pack(const PackedShape&, const void*, void*) {
    refuse();
}

void unpack(const PackedShape&, const void*, void*) {
    refuse();
}

std::size_t scratch_bytes(const PackedProduct&) {
    refuse();
}

void multiply(const PackedProduct&, const PackedOperands&) {
    refuse();
}

}  // namespace acestep::onednn
