# How our own targets are compiled: one helper for every folder of src/, warnings, sanitizers.

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

if(UNIX AND NOT APPLE)
    set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")  # an installed program finds ggml beside it
endif()

add_library(acestep_options INTERFACE)
target_compile_features(acestep_options INTERFACE cxx_std_20)
target_include_directories(acestep_options INTERFACE ${PROJECT_SOURCE_DIR}/include
                                                     ${PROJECT_SOURCE_DIR}/src)
if(MSVC)
    target_compile_options(acestep_options INTERFACE /W4 /utf-8)
else()
    target_compile_options(acestep_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                     -Wno-sign-conversion)
    # Compilers ask for every field of a designated initializer; defaults are the point of them.
    target_compile_options(acestep_options INTERFACE -Wno-missing-field-initializers)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # gcc 12 sees overlaps and impossible sizes inside std::string where there are none (its bugs
        # 105651 and 105329).
        target_compile_options(acestep_options INTERFACE -Wno-restrict -Wno-array-bounds
                                                         -Wno-stringop-overflow)
    endif()
endif()
if(ACESTEP_WARNINGS_AS_ERRORS)
    target_compile_options(acestep_options INTERFACE $<IF:$<BOOL:${MSVC}>,/WX,-Werror>)
endif()
if(ACESTEP_SANITIZE)
    # For everything in the build, third-party sources included: a sanitizer sees through calls. Two
    # checks are left out, which take a third of the time of compiling: of object sizes, where
    # AddressSanitizer looks too, and of dynamic types, of which this program has few.
    add_compile_options(-fsanitize=${ACESTEP_SANITIZE} -fno-sanitize=vptr,object-size
                        -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${ACESTEP_SANITIZE})
endif()

# acestep_library(NAME [PLAIN] SOURCES … [PUBLIC lib …] [PRIVATE lib …] [PRECOMPILE header …])
# A static library acestep_NAME for one folder of src/. PUBLIC and PRIVATE name its dependencies;
# a folder of ours appears as acestep_FOLDER. PLAIN: its code runs for moments, so a third of the
# time of compiling it is saved (half of it under a sanitizer). PRECOMPILE: large headers that most of
# its files read.
function(acestep_library name)
    cmake_parse_arguments(arg "PLAIN" "" "SOURCES;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
    add_library(acestep_${name} STATIC ${arg_SOURCES})
    set_target_properties(acestep_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(acestep_${name} PUBLIC acestep_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
    if(arg_PLAIN AND NOT MSVC)
        set(level -O1)
        if(ACESTEP_SANITIZE)
            set(level -O0)
        endif()
        target_compile_options(acestep_${name} PRIVATE ${level})
    endif()
    if(ACESTEP_UNITY)
        set_target_properties(acestep_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # takes a file that is included for a header
            target_compile_options(acestep_${name} PRIVATE -Wno-subobject-linkage)
        endif()
    endif()
    if(arg_PRECOMPILE)
        target_precompile_headers(acestep_${name} PRIVATE ${arg_PRECOMPILE})
    endif()
endfunction()

# acestep_kernel_options([FOLDER]): for kernels_portable.cpp and kernels_x86_64_*.cpp beside the
# CMakeLists.txt, or in that folder: the kernels for each instruction set, of which the machine's best
# are chosen when the program runs. On other processors the x86 files are empty.
function(acestep_kernel_options)
    if(MSVC)
        return()
    endif()
    set(kernels kernels)
    if(ARGC GREATER 0)
        set(kernels ${ARGV0}/kernels)
    endif()
    set(options -ffp-contract=fast)
    if(ACESTEP_SANITIZE)
        # Checks of every number take longer to compile than to be worth: AddressSanitizer still sees
        # what is read and written, and the tests compare every loop with its definition.
        list(APPEND options -fno-sanitize=undefined,fuzzer-no-link)
    endif()
    set_source_files_properties(${kernels}_portable.cpp PROPERTIES COMPILE_OPTIONS "${options}")
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
        set(v3 -mavx2 -mfma -mf16c)
        set(v4 ${v3} -mavx512f -mavx512bw -mavx512dq -mavx512vl)
        set_source_files_properties(${kernels}_x86_64_v3.cpp PROPERTIES COMPILE_OPTIONS
            "${options};${v3}")
        set_source_files_properties(${kernels}_x86_64_v4.cpp PROPERTIES COMPILE_OPTIONS
            "${options};${v4}")
        set(bf16 ${v4} -mavx512bf16 -mavx512vnni)
        set_source_files_properties(${kernels}_x86_64_bf16.cpp PROPERTIES COMPILE_OPTIONS
            "${options};${bf16}")
        set_source_files_properties(${kernels}_x86_64_amx.cpp PROPERTIES COMPILE_OPTIONS
            "${options};${bf16};-mamx-tile;-mamx-bf16;-mamx-int8")
    endif()
endfunction()
