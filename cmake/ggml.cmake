# ggml 0.20.2, by the first way that works:
#   1. ACESTEP_GGML_SOURCE: a source tree given by the user;
#   2. the pinned source package (the whole upstream tree) that tools/fetch_ggml.sh downloads from
#      the Python package index and checks against its SHA-256.
#
# Shared libraries beside the program, because its GPU backends are modules that need the same ones
# (gpu_backends.cmake). Under a sanitizer they are static and there are no modules: a sanitizer wants
# all code of a process in its sight.
include(gpu_backends)
set(ACESTEP_GGML_VERSION 0.20.2)
set(ACESTEP_GGML_SOURCE "" CACHE PATH "ggml source tree to build instead of the pinned one")

set(ggml_source ${ACESTEP_GGML_SOURCE})
if(NOT ggml_source)
    set(ggml_source ${PROJECT_BINARY_DIR}/../third_party/ggml-${ACESTEP_GGML_VERSION})
    cmake_path(NORMAL_PATH ggml_source)
    if(NOT EXISTS ${ggml_source}/CMakeLists.txt)
        execute_process(COMMAND sh ${PROJECT_SOURCE_DIR}/tools/fetch_ggml.sh ${ggml_source}
                        COMMAND_ERROR_IS_FATAL ANY)
    endif()
endif()
set(BUILD_SHARED_LIBS ON)
if(ACESTEP_SANITIZE)
    set(BUILD_SHARED_LIBS OFF)
endif()
set(GGML_STATIC OFF CACHE BOOL "" FORCE)
set(GGML_LLAMAFILE ON CACHE BOOL "" FORCE)   # the faster matrix kernels on a CPU
set(GGML_CCACHE OFF CACHE BOOL "" FORCE)
# One launch for a graph that runs again, as those of sampler steps and decoded tokens do.
set(GGML_CUDA_GRAPHS ON CACHE BOOL "" FORCE)
set(GGML_CUDA_NCCL OFF CACHE BOOL "" FORCE)  # no network is spread over several GPUs
set(GGML_BUILD_TESTS OFF CACHE BOOL "" FORCE)
set(GGML_BUILD_EXAMPLES OFF CACHE BOOL "" FORCE)
add_subdirectory(${ggml_source} ${PROJECT_BINARY_DIR}/ggml EXCLUDE_FROM_ALL SYSTEM)
if(NOT MSVC)
    target_compile_options(ggml-base PRIVATE -w)  # its warnings are not ours to mend
    target_compile_options(ggml-cpu PRIVATE -w)
    if(ACESTEP_SANITIZE)
        # What it does to memory concerns us; it computes sizes with null pointers on purpose.
        target_compile_options(ggml-base PRIVATE -fno-sanitize=undefined,fuzzer-no-link)
        # Its kernels are most of what tests run.
        target_compile_options(ggml-cpu PRIVATE -fno-sanitize=undefined,fuzzer-no-link -O2)
        # But these hold one loop for each operation and pair of types: minutes of compiling for
        # what tests run a little of.
        set_source_files_properties(
            ${ggml_source}/src/ggml-cpu/ops.cpp ${ggml_source}/src/ggml-cpu/binary-ops.cpp
            ${ggml_source}/src/ggml-cpu/unary-ops.cpp
            TARGET_DIRECTORY ggml-cpu PROPERTIES COMPILE_OPTIONS -O0)
    endif()
endif()
if(BUILD_SHARED_LIBS)
    set_target_properties(ggml ggml-base ggml-cpu PROPERTIES INSTALL_RPATH "$ORIGIN"
                                                             PUBLIC_HEADER "")
    install(TARGETS ggml ggml-base ggml-cpu LIBRARY DESTINATION lib RUNTIME DESTINATION bin)
    add_gpu_backends(${ggml_source})
endif()
if(NOT TARGET ggml::ggml)
    add_library(ggml::ggml ALIAS ggml)
endif()
