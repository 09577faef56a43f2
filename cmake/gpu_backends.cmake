# ggml's GPU backends as loadable modules: ACESTEP_GPU_BACKENDS names those to build. They lie in
# lib/acestep/backends beside bin/, where the program looks for them, in the build tree as installed
# (src/runtime/backend_modules.h, docs/gpu-backends.md).
#
# The program itself links none of them. ggml's own switch for modules (GGML_BACKEND_DL) makes one
# of the processor's backend too, which the program links and calls; so ggml is configured without
# it, and the folders of the wanted backends are added here with it.
set(ACESTEP_GPU_BACKENDS "" CACHE STRING
    "GPU backends to build as modules, separated by ';': vulkan, cuda, hip, sycl, rpc")
set(ACESTEP_VULKAN_SHADERS all CACHE STRING
    "all, or needed: only those that the networks use, for tests; a quarter of the build")
set_property(CACHE ACESTEP_VULKAN_SHADERS PROPERTY STRINGS all needed)
set(ACESTEP_MODULES_DIRECTORY lib/acestep/backends)  # beside the folder of the program

# add_gpu_backend(NAME SOURCE): the module of one backend of the ggml tree SOURCE.
function(add_gpu_backend name source)
    # What the folder expects of the CMakeLists.txt above it.
    set(BUILD_SHARED_LIBS ON)
    set(GGML_BACKEND_DL ON)
    set(GGML_VERSION ${ACESTEP_GGML_VERSION})
    string(REGEX MATCH "^[0-9]+" GGML_VERSION_MAJOR ${GGML_VERSION})
    set(CMAKE_CXX_STANDARD 17)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${ACESTEP_MODULES_DIRECTORY})
    set(CMAKE_INSTALL_BINDIR ${ACESTEP_MODULES_DIRECTORY})
    add_compile_definitions($<$<PLATFORM_ID:Linux>:_GNU_SOURCE>)
    add_subdirectory(${source}/src/ggml-${name} ${PROJECT_BINARY_DIR}/ggml/src/ggml-${name}
                     EXCLUDE_FROM_ALL SYSTEM)
    # The name says for which ggml it is; version links of the file would say it twice.
    set_target_properties(ggml-${name} PROPERTIES
        OUTPUT_NAME ggml-${name}-${ACESTEP_GGML_VERSION} INSTALL_RPATH "$ORIGIN/../..")
    set_property(TARGET ggml-${name} PROPERTY VERSION)
    set_property(TARGET ggml-${name} PROPERTY SOVERSION)
    if(NOT MSVC)
        target_compile_options(ggml-${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-w>)
    endif()
    install(TARGETS ggml-${name} LIBRARY DESTINATION ${ACESTEP_MODULES_DIRECTORY})
endfunction()

# The compiler that ggml's Vulkan folder would otherwise look for.
function(choose_shader_compiler)
    set(selective ${PROJECT_SOURCE_DIR}/cmake/glslc_needed.sh)
    if(ACESTEP_VULKAN_SHADERS STREQUAL "needed")
        set(Vulkan_GLSLC_EXECUTABLE ${selective} CACHE FILEPATH "" FORCE)
    elseif("${Vulkan_GLSLC_EXECUTABLE}" STREQUAL selective)
        unset(Vulkan_GLSLC_EXECUTABLE CACHE)
    endif()
endfunction()

# add_gpu_backends(SOURCE): all of ACESTEP_GPU_BACKENDS; the target acestep_gpu_backends builds them.
function(add_gpu_backends source)
    add_custom_target(acestep_gpu_backends ALL)
    choose_shader_compiler()
    foreach(name IN LISTS ACESTEP_GPU_BACKENDS)
        if(NOT name MATCHES "^[a-z]+$" OR NOT IS_DIRECTORY ${source}/src/ggml-${name})
            message(FATAL_ERROR "ACESTEP_GPU_BACKENDS has \"${name}\", which is no backend of ggml. "
                                "Known here are vulkan, cuda, hip, sycl and rpc.")
        endif()
        add_gpu_backend(${name} ${source})
        add_dependencies(acestep_gpu_backends ggml-${name})
    endforeach()
    if(TARGET ggml-vulkan AND NOT MSVC)
        set(options -include ${PROJECT_SOURCE_DIR}/cmake/vulkan_hpp_names.h)
        if(ACESTEP_VULKAN_SHADERS STREQUAL "needed")
            list(APPEND options -O1)  # it only calls the driver, and is minutes to optimize
        endif()
        set_source_files_properties(${source}/src/ggml-vulkan/ggml-vulkan.cpp
            DIRECTORY ${source}/src/ggml-vulkan PROPERTIES COMPILE_OPTIONS "${options}")
    endif()
endfunction()
