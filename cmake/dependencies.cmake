# Outside libraries. Each is used by one folder of src/ only (docs/architecture.md).

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
pkg_check_modules(sndfile REQUIRED IMPORTED_TARGET sndfile>=1.1)
pkg_check_modules(ebur128 REQUIRED IMPORTED_TARGET libebur128)
pkg_check_modules(taglib REQUIRED IMPORTED_TARGET taglib)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
include(ggml)
