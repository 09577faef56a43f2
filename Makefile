# The front door. Everything here is a few words for a CMake preset (CMakePresets.json).

# Parallel compilations and tests.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# OFF: warnings of a compiler that we have not met yet do not stop the build.
WERROR ?= ON
# Seconds that `make test` spends on each fuzz target.
FUZZ_SECONDS ?= 10

# GPU backends to build as modules, such as "vulkan cuda" (docs/gpu-backends.md).
BACKENDS ?=
# ON: `make test` runs the networks on a Vulkan device too; Mesa's software one will do.
VULKAN_TESTS ?= ON

CONFIGURE = sh tools/configure.sh
SETTINGS = -DACESTEP_WARNINGS_AS_ERRORS=$(WERROR)
# Only for a new build folder.
FIRST = -DACESTEP_UNITY=ON
space := $(subst ,, )
modules = "-DACESTEP_GPU_BACKENDS=$(subst $(space),;,$(strip $(1)))"
ifneq ($(strip $(BACKENDS)),)
    MODULES = $(call modules,$(BACKENDS))
    MODULE_TARGET = acestep_gpu_backends
endif
ifneq ($(filter vulkan,$(BACKENDS)),)
    ALL_SHADERS = -DACESTEP_VULKAN_SHADERS=all
endif
ifeq ($(VULKAN_TESTS),ON)
    TEST_BACKENDS = $(sort $(BACKENDS) vulkan)
    # Only shaders that tests use, unless the build folder has all of them already.
    TEST_MODULES = $(call modules,$(TEST_BACKENDS)) -DACESTEP_VULKAN_TESTS=ON
    FEW_SHADERS = -DACESTEP_VULKAN_SHADERS=needed
else
    TEST_BACKENDS = $(BACKENDS)
    TEST_MODULES = $(MODULES) -DACESTEP_VULKAN_TESTS=OFF
endif

.DEFAULT_GOAL := help
.PHONY: help song build test check format clean dependencies test_dependencies

help:
	@echo 'make song    build what is missing and write 20 s of music to song.flac'
	@echo 'make build   the program, as build/acestep; with BACKENDS="vulkan" also for graphics cards'
	@echo 'make test    every test: release, sanitizers, fuzzers, repository (within 30 minutes)'
	@echo 'make check   the tests of the release build alone (a few minutes)'
	@echo 'make format  lay out the C++ sources with clang-format'
	@echo 'make clean   remove what was built; downloads below build/ stay'
	@echo
	@echo 'Settings: JOBS=$(JOBS) WERROR=$(WERROR) FUZZ_SECONDS=$(FUZZ_SECONDS) BACKENDS=$(BACKENDS) VULKAN_TESTS=$(VULKAN_TESTS)'

song: build
	build/acestep generate --checkpoints checkpoints/demo \
	    --caption 'driving techno with organ, pulse bass, square lead and drums' \
	    --bpm 125 --keyscale 'G major' --timesignature 4 --duration 20 \
	    --seed 1 --noise cpu --output song.flac --force

build: dependencies
	@$(CONFIGURE) release $(SETTINGS) $(MODULES) $(ALL_SHADERS) --first $(FIRST) \
	    -DACESTEP_TESTS=OFF -DACESTEP_EXAMPLES=OFF
	@cmake --build build/release --parallel $(JOBS) --target acestep $(MODULE_TARGET)
	@ln -sfn release/bin/acestep build/acestep

# Two builds, one run; the second compiles every file alone, which shows what it forgot to include.
# `subdirs` lets ctest see both, so that there is one closing summary.
test: test_dependencies
	@sh tools/fetch_qwen3_tokenizer.sh build/third_party/qwen3
	@$(CONFIGURE) release $(SETTINGS) -DACESTEP_TESTS=ON -DACESTEP_EXAMPLES=ON $(TEST_MODULES) \
	    --first $(FIRST) $(FEW_SHADERS)
	@cmake --build build/release --parallel $(JOBS)
	@$(CONFIGURE) sanitize $(SETTINGS) -DACESTEP_FUZZ_SECONDS=$(FUZZ_SECONDS)
	@cmake --build build/sanitize --parallel $(JOBS)
	@ln -sfn release/bin/acestep build/acestep
	@echo 'subdirs(release sanitize)' >build/CTestTestfile.cmake
	@$(RUN_TESTS) --test-dir build

check: test_dependencies
	@$(CONFIGURE) release $(SETTINGS) -DACESTEP_TESTS=ON -DACESTEP_EXAMPLES=ON $(MODULES) \
	    -DACESTEP_VULKAN_TESTS=$(if $(filter vulkan,$(BACKENDS)),ON,OFF) --first $(FIRST)
	@cmake --build build/release --parallel $(JOBS)
	@$(RUN_TESTS) --test-dir build/release

# Tests run side by side: a waiting thread of one must not spin on the core of another.
RUN_TESTS = OMP_WAIT_POLICY=passive UBSAN_OPTIONS=print_stacktrace=1 \
    ctest --parallel $(JOBS) --output-on-failure --timeout 900

dependencies:
	@sh tools/install_dependencies.sh --backends "$(BACKENDS)"

test_dependencies:
	@sh tools/install_dependencies.sh --tests --backends "$(TEST_BACKENDS)"

format:
	@clang-format-14 -i $$(git ls-files --cached --others --exclude-standard '*.h' '*.cpp')

clean:
	@rm -rf build/release build/sanitize build/acestep build/CTestTestfile.cmake
