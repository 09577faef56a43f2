# oneDNN 2.6 or later, or 3.x, as the target acestep_dnnl where there is one; OpenMP, whose threads it
# shares with ggml's processor backend; and the folder of ggml's headers for backends.
#
# The library and its headers are looked for themselves (ACESTEP_DNNL_ROOT, CMAKE_PREFIX_PATH, the
# system): Debian's CMake package of it demands the development files of OpenCL, which the processor
# does not need. Its threads have to be OpenMP's: a build with threads of its own would compete with
# ggml's.
option(ACESTEP_ONEDNN "Pack weights with oneDNN where it is found" ON)
set(ACESTEP_DNNL_ROOT "" CACHE PATH "Folder with lib/libdnnl and include/oneapi/dnnl")

find_package(OpenMP REQUIRED COMPONENTS CXX GLOBAL)

function(find_dnnl)
    find_library(ACESTEP_DNNL_LIBRARY NAMES dnnl libdnnl.so.3 libdnnl.so.2
                 HINTS ${ACESTEP_DNNL_ROOT} PATH_SUFFIXES lib)
    find_path(ACESTEP_DNNL_INCLUDE oneapi/dnnl/dnnl.hpp
              HINTS ${ACESTEP_DNNL_ROOT} PATH_SUFFIXES include)
    if(ACESTEP_DNNL_LIBRARY AND ACESTEP_DNNL_INCLUDE)
        add_library(acestep_dnnl UNKNOWN IMPORTED GLOBAL)
        set_target_properties(acestep_dnnl PROPERTIES
            IMPORTED_LOCATION ${ACESTEP_DNNL_LIBRARY}
            INTERFACE_INCLUDE_DIRECTORIES ${ACESTEP_DNNL_INCLUDE})
    endif()
endfunction()

if(ACESTEP_ONEDNN AND NOT TARGET acestep_dnnl)
    find_dnnl()
endif()
if(TARGET acestep_dnnl)
    message(STATUS "oneDNN: found")
else()
    message(STATUS "oneDNN: none; weights are not packed")
endif()

set(ACESTEP_GGML_INTERNAL_HEADERS ${ggml_source}/src)
