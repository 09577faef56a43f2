#include "cli/reports/check_gpu_texts.h"

#include <fmt/format.h>

namespace acestep::cli::check_gpu_texts {
namespace {

const char* const hsa_lines =
    "RX 7900 XT/XTX, RX 9070 XT: HSA_OVERRIDE_GFX_VERSION=11.0.0\n"
    "RX 7800 XT, RX 7700 XT: HSA_OVERRIDE_GFX_VERSION=11.0.1\n"
    "RX 7600: HSA_OVERRIDE_GFX_VERSION=11.0.2\n"
    "RX 6000 series: HSA_OVERRIDE_GFX_VERSION=10.3.0\n";

/// Every line of `text` behind so many blanks.
std::string indented(std::string_view text, int blanks) {
    std::string result;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        result += fmt::format("{:{}}{}\n", "", blanks, text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return result;
}

std::string block(std::string_view lines) {
    return fmt::format("\n{0}⚠️ GPU NOT DETECTED - DIAGNOSTIC INFORMATION\n{0}{1}{0}", ruler(),
                       lines);
}

/// The beginning that all blocks of drivers share.
std::string driver_failed(std::string_view backend, const std::string& problem) {
    return fmt::format(
        "✓ This program has the {0} backend\n\n❌ {1}\n\n", backend,
        problem.empty() ? fmt::format("The {} driver reported no device.", backend) : problem);
}

std::string hsa_state(const Rocm& facts) {
    if (!facts.set_version.empty())
        return fmt::format("  HSA_OVERRIDE_GFX_VERSION is set to: {}\n", facts.set_version);
    std::string text = "  ⚠️ HSA_OVERRIDE_GFX_VERSION is not set\n";
    if (!facts.advised_version.empty())
        return text + fmt::format("     For {}: set HSA_OVERRIDE_GFX_VERSION={}\n", facts.card,
                                  facts.advised_version);
    return text + "     Set it according to your GPU:\n" + indented(hsa_lines, 7);
}

std::string shown(std::string_view backend) {
    if (backend == "sycl") return "SYCL";
    if (backend == "metal") return "Metal";
    if (backend == "vulkan") return "Vulkan";
    return std::string(backend);
}

}  // namespace

const char* const header = "  ACE-Step GPU Detection Diagnostic Tool\n";
const char* const introduction =
    "This tool will help diagnose GPU detection issues.\n"
    "Please share the output with support when reporting issues.\n";
const char* const footer = "  Diagnostic Complete\n";
const char* const still_issues =
    "Still having issues: save the output of 'acestep check-gpu --verbose' to gpu_diagnostic.txt "
    "and\n"
    "report it with the GPU model, the system and the version of its driver.\n";

const char* const only_played =
    "The driver has only a device that the processor plays, which is slower than the processor.";

std::string ruler() {
    return std::string(80, '=') + "\n";
}

std::string section_title(std::string_view title) {
    return fmt::format("\n{0}  {1}\n{0}", ruler(), title);
}

std::string rocm_block(const Rocm& facts, const std::string& problem) {
    return block(driver_failed("ROCm", problem) +
                 "Common causes for AMD/ROCm GPUs:\n"
                 "  1. ROCm drivers not installed or not properly configured\n"
                 "  2. GPU not supported by installed ROCm version\n"
                 "  3. Missing or incorrect HSA_OVERRIDE_GFX_VERSION environment variable\n"
                 "  4. ROCm runtime libraries not in system path\n"
                 "\n" +
                 hsa_state(facts) +
                 "\n"
                 "Troubleshooting steps:\n"
                 "  1. Verify ROCm installation:            rocm-smi  # Should list your GPU\n"
                 "  2. Check that your user may open /dev/kfd and /dev/dri (groups render, video)\n"
                 "  3. Set HSA_OVERRIDE_GFX_VERSION for your GPU (see above)\n"
                 "  4. Or use the Vulkan driver instead:    make build BACKENDS=\"vulkan\"\n");
}

std::string nvidia_block(const std::string& problem) {
    return block(driver_failed("CUDA", problem) +
                 "Common causes for NVIDIA GPUs:\n"
                 "  1. NVIDIA drivers not installed\n"
                 "  2. CUDA runtime not installed or version mismatch\n"
                 "  3. GPU not supported by installed CUDA version\n"
                 "\n"
                 "Troubleshooting steps:\n"
                 "  1. Verify NVIDIA driver installation:   nvidia-smi  # Should list your GPU\n"
                 "  2. Check CUDA version compatibility\n"
                 "  3. Build the backend again:             make build BACKENDS=\"cuda\"\n");
}

std::string other_block(std::string_view backend, const std::string& problem) {
    return block(driver_failed(shown(backend), problem) +
                 "Common causes:\n"
                 "  1. This machine has no graphics card\n"
                 "  2. The card's driver is not installed, or not for this interface\n"
                 "  3. The program runs in a container that was not given the card\n"
                 "\n"
                 "Troubleshooting steps:\n" +
                 fmt::format("  1. Verify the driver:                   {}\n"
                             "  2. Check that your user may open /dev/dri (groups render, video)\n",
                             backend == "sycl"    ? "sycl-ls  # Should list your GPU"
                             : backend == "metal" ? "system_profiler SPDisplaysDataType"
                                                  : "vulkaninfo --summary  # Should list it"));
}

std::string processor_only_block() {
    return block(
        "⚠️ Build type: CPU-only\n"
        "\n"
        "This program has no backend for graphics cards.\n"
        "\n"
        "For any GPU with a Vulkan driver: make build BACKENDS=\"vulkan\"\n"
        "For NVIDIA GPUs: make build BACKENDS=\"cuda\"\n"
        "For AMD GPUs with ROCm: make build BACKENDS=\"hip\"\n"
        "For Intel GPUs with oneAPI: make build BACKENDS=\"sycl\"\n");
}

std::string hsa_table() {
    return "  ⚠️ HSA_OVERRIDE_GFX_VERSION not set\n"
           "  This variable is required for many AMD GPUs!\n"
           "  Set it according to your GPU:\n" +
           indented(hsa_lines, 4);
}

std::string working() {
    return "✓ Your GPU setup appears to be working correctly!\n"
           "You can now run ACE-Step with GPU acceleration.\n";
}

std::string driver_steps(std::string_view backend, const Rocm& facts) {
    if (backend == "hip") {
        const std::string version =
            facts.advised_version.empty() ? "VERSION" : facts.advised_version;
        return fmt::format(
            "❌ The ROCm backend is there but no GPU is available to it\n"
            "  1. Set the variable for your GPU: export "
            "HSA_OVERRIDE_GFX_VERSION={}\n"
            "  2. Verify with rocm-smi that the GPU is listed\n"
            "  3. Check that your ROCm version supports the GPU\n",
            version);
    }
    if (backend == "cuda") {
        return "❌ The CUDA backend is there but no GPU is available to it\n"
               "  1. Install the driver from https://www.nvidia.com/download/index.aspx\n"
               "  2. Verify with nvidia-smi that the GPU is listed\n"
               "  3. Compare the CUDA version of nvidia-smi with that of the build; the driver's "
               "must not be older\n";
    }
    return fmt::format(
        "❌ The {} backend is there but no GPU is available to it\n"
        "  1. Install the driver of your graphics card\n"
        "  2. Run 'acestep check-gpu' again\n",
        shown(backend));
}

std::string get_backend(const std::string& card, std::string_view vendor,
                        std::string_view backend) {
    return fmt::format(
        "❌ {} is there, but this program has no backend for it\n"
        "  make build BACKENDS=\"{}\", or BACKENDS=\"vulkan\" with its Vulkan "
        "driver\n",
        card.empty() ? fmt::format("A graphics card of {}", vendor) : card, backend);
}

std::string no_card() {
    return "No graphics card was found. Songs are made on the processor, which takes longer.\n";
}

std::string rocm_topic(const Rocm& facts) {
    std::string text =
        "AMD ROCm: \"No GPU detected, running on CPU\"\n"
        "  1. rocm-smi must list the card.\n"
        "  2. The ROCm version of the build must support the card.\n"
        "  3. Set HSA_OVERRIDE_GFX_VERSION for the card:\n" +
        indented(hsa_lines, 7);
    if (!facts.advised_version.empty())
        text += fmt::format("     For {}: export HSA_OVERRIDE_GFX_VERSION={}\n", facts.card,
                            facts.advised_version);
    return text +
           "  4. Set MIOPEN_FIND_MODE=FAST.\n"
           "  5. Strix Halo: give the GPU at least 16 GB in the BIOS; GTT memory is not used.\n"
           "  6. Without ROCm the Vulkan backend works too: make build BACKENDS=\"vulkan\".\n";
}

std::string processor_only_topic() {
    return "CPU-only build\n"
           "  This program contains only the CPU backend. Build the others with\n"
           "  make build BACKENDS=\"vulkan\" (or cuda, hip, sycl), or set ACESTEP_BACKENDS to a "
           "folder\n"
           "  that has their libggml-NAME-VERSION files.\n";
}

std::string nvidia_topic() {
    return "NVIDIA GPU not detected\n"
           "  1. Run nvidia-smi; when it fails, install the driver from\n"
           "     https://www.nvidia.com/download/index.aspx\n"
           "  2. Compare the build's CUDA version with \"CUDA Version\" of nvidia-smi; the "
           "driver's\n"
           "     must not be older.\n"
           "  3. Build the backend again: make build BACKENDS=\"cuda\"\n";
}

std::string wsl_topic() {
    return "Windows Subsystem for Linux\n"
           "  NVIDIA: install the driver on Windows, not inside WSL2, and the CUDA toolkit inside "
           "WSL2:\n"
           "  https://docs.nvidia.com/cuda/wsl-user-guide/index.html\n"
           "  AMD: ROCm in WSL2 is limited; use Linux itself, or Windows.\n";
}

std::string memory_topic() {
    return "Out of memory\n"
           "  In this order:\n"
           "  1. Without the language model: --no-thinking (or ACESTEP_INIT_LLM=false)\n"
           "  2. A smaller one: --lm-model acestep-5Hz-lm-0.6B\n"
           "  3. Weights leave the GPU after their stage: --offload-to-cpu true\n"
           "  4. Songs of at most 3 minutes: --duration 180\n"
           "  5. One song at a time: --batch 1\n"
           "  Also: --vae-on-cpu; 'acestep plan' shows what a song takes before it is made.\n";
}

std::string intel_topic() {
    return "Intel GPU\n"
           "  Install Intel's compute runtime and build with make build BACKENDS=\"sycl\", or use "
           "its\n"
           "  Vulkan driver with BACKENDS=\"vulkan\". Use --lm-model acestep-5Hz-lm-0.6B; songs of "
           "more than\n"
           "  2 minutes are slow with a language model.\n";
}

std::string apple_topic() {
    return "Apple GPU\n"
           "  Metal is used without settings. Memory is shared with the system, so nothing is "
           "offloaded.\n";
}

std::string cuda_settings_topic() {
    return "CUDA settings\n"
           "  CUDA_VISIBLE_DEVICES=0 (or 1, …) chooses a card.\n"
           "  CUDA_LAUNCH_BLOCKING=1 makes errors appear where they happen.\n";
}

}  // namespace acestep::cli::check_gpu_texts
