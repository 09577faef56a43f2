#!/bin/sh
# glslc for ggml's Vulkan backend, three quarters of whose shaders are for types and operations that
# no network here has: those become a shader that does nothing, so that the tests' build takes
# minutes less. So do products in half precision: tests run with GGML_VK_DISABLE_F16, because half
# precision is not exact enough to be compared. ACESTEP_VULKAN_SHADERS=needed uses this script
# (gpu_backends.cmake); a module that is given to anybody has all shaders.
set -eu

output= dependencies= source= previous=
for argument in "$@"; do
    case $previous in
        -o) output=$argument ;;
        -MF) dependencies=$argument ;;
    esac
    case $argument in
        *.comp) source=$argument ;;
    esac
    previous=$argument
done
case ${output##*/} in
    *iq[1-4]* | *mxfp4* | *nvfp4* | *tq2_0* | *q[12]_0* | *q[45]_[01]* | *q[23]_k* | \
    matmul_id* | *_id_* | wkv* | ssm_* | gated_* | gla_* | conv3d* | opt_step* | *_back_*) ;;
    matmul_*_fp32.spv) exec glslc "$@" ;;
    matmul_*) ;;
    *) exec glslc "$@" ;;
esac

# glslc takes longer to start than to compile, so it does this once.
nothing=${output%/*}/nothing.spv
if [ ! -f "$nothing" ]; then
    glslc -fshader-stage=compute "${0%/*}/nothing.comp" -o "$nothing.$$"
    mv "$nothing.$$" "$nothing"
fi
cp "$nothing" "$output"
[ -z "$dependencies" ] || echo "$output: $source" >"$dependencies"
