// Which language model of those on the disk, and whether a program starts with one.
// Source: spec product.md 2.8, 2.11, 2.17 (D-4, D-7), 3.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acestep/tiers.h"
#include "planner/limit_texts.h"

namespace acestep::planner {

/// "0.6B", "1.7B" or "4B" of a model's name, in any case; "0.6B" when it says none.
std::string lm_size(std::string_view model);

/// Whether the name of a diffusion model is that of an extra large one.
bool is_extra_large(std::string_view model);

struct LmWish {
    std::string model;                 ///< what the user named; blank: the tier's
    std::vector<std::string> on_disk;  ///< names of models that are there
    bool required = false;             ///< also in a tier without language models
    std::string diffusion_model;       ///< its name, for the guard of extra large ones
};

struct LmChoice {
    std::string model;     ///< blank: none
    bool allowed = false;  ///< its size is one of the tier's
    std::vector<std::string> warnings;
};

/// A model that the user named is taken if the tier allows its size. Otherwise, and without a name,
/// it is that of the recommended size: the official name, else the longest, which is the newest
/// build; else the first on the disk.
LmChoice choose_lm(const LmWish& wish, const Tier& tier, TextForm form = TextForm::console);

struct LmStart {
    bool on = false;
    std::vector<std::string> notes;  ///< for the log
};

/// \param setting that of ACESTEP_INIT_LLM or a flag; absent: as the tier says
LmStart lm_start(std::optional<bool> setting, const Tier& tier);

}  // namespace acestep::planner
