// The sentences of `acestep check-gpu` that tell what is wrong and what to do, apart from the facts
// around them. Each function gives whole lines.
#pragma once

#include <string>
#include <string_view>

namespace acestep::cli::check_gpu_texts {

/// What the texts on AMD's driver speak of; blank where it is not known.
struct Rocm {
    std::string card;
    std::string set_version;      ///< HSA_OVERRIDE_GFX_VERSION as it is
    std::string advised_version;  ///< as it would suit the card
};

extern const char* const header;        ///< behind a ruler and before one
extern const char* const introduction;  ///< two lines
extern const char* const footer;
extern const char* const still_issues;
/// The problem of a backend that has nothing but a device made of software.
extern const char* const only_played;

/// "====…", 80 long, and its line end.
std::string ruler();
/// A blank line, and `title` between rulers.
std::string section_title(std::string_view title);

/// Between rulers: what may keep the driver from finding a device. `problem` is the sentence of the
/// backend's module.
std::string rocm_block(const Rocm& facts, const std::string& problem);
std::string nvidia_block(const std::string& problem);
std::string other_block(std::string_view backend, const std::string& problem);
std::string processor_only_block();

/// HSA_OVERRIDE_GFX_VERSION by card, indented.
std::string hsa_table();

std::string working();
std::string driver_steps(std::string_view backend, const Rocm& facts);
/// How to get the backend for a card that none has.
std::string get_backend(const std::string& card, std::string_view vendor, std::string_view backend);
std::string no_card();

std::string rocm_topic(const Rocm& facts);
std::string processor_only_topic();
std::string nvidia_topic();
std::string wsl_topic();
std::string memory_topic();
std::string intel_topic();
std::string apple_topic();
std::string cuda_settings_topic();

}  // namespace acestep::cli::check_gpu_texts
