#include "planner/lm_choice.h"

#include <algorithm>

#include "base/ascii.h"
#include "planner/tier_table.h"

namespace acestep::planner {
namespace {

// Below these the largest model is replaced: alone, and beside an extra large diffusion model.
constexpr double large_lm_gib = 20, large_lm_beside_xl_gib = 32;
constexpr const char* large = "4B";
constexpr const char* medium = "1.7B";

bool allows(const Tier& tier, const std::string& size) {
    return std::find(tier.lm_models.begin(), tier.lm_models.end(), size) != tier.lm_models.end();
}

std::string first_of(const std::vector<std::string>& names) {
    return names.empty() ? "" : *std::min_element(names.begin(), names.end());
}

/// The model of a size; blank when there is none.
std::string of_size(const std::string& size, const std::vector<std::string>& on_disk) {
    std::string best;
    for (const std::string& model : on_disk) {
        if (model == lm_model_name(size)) return model;
        if (lm_size(model) != size) continue;
        const bool longer = model.size() > best.size();
        if (longer || (model.size() == best.size() && model < best)) best = model;
    }
    return best;
}

/// Instead of one that is not allowed: the recommended, else the largest allowed; blank: none.
std::string allowed_model(const Tier& tier, const std::vector<std::string>& on_disk) {
    std::string model = of_size(tier.recommended_lm, on_disk);
    for (auto size = tier.lm_models.rbegin(); model.empty() && size != tier.lm_models.rend();
         ++size)
        model = of_size(*size, on_disk);
    return model;
}

std::vector<std::string> official_names(const std::vector<std::string>& sizes) {
    std::vector<std::string> names;
    for (const std::string& size : sizes) names.push_back(lm_model_name(size));
    return names;
}

LmChoice choose_where_none_is_allowed(const LmWish& wish, const Tier& tier, TextForm form) {
    LmChoice choice;
    if (wish.model.empty() && !wish.required) return choice;
    const std::string smallest(lm_sizes.front());
    choice.model = wish.model;
    if (choice.model.empty()) choice.model = of_size(smallest, wish.on_disk);
    if (choice.model.empty()) choice.model = first_of(wish.on_disk);
    if (choice.model.empty()) choice.model = lm_model_name(smallest);
    choice.warnings.push_back(no_lm_allowed(form, choice.model, tier.memory_gib));
    return choice;
}

LmChoice choose_named(const LmWish& wish, const Tier& tier, TextForm form) {
    LmChoice choice;
    choice.model = wish.model;
    const std::string size = lm_size(wish.model);
    if (allows(tier, size)) return choice;
    choice.warnings.push_back(
        lm_not_allowed(form, wish.model, size, tier.memory_gib, official_names(tier.lm_models)));
    const std::string other = allowed_model(tier, wish.on_disk);
    if (!other.empty()) choice.model = other;
    return choice;
}

LmChoice choose_recommended(const LmWish& wish, const Tier& tier, TextForm form) {
    LmChoice choice;
    choice.model = of_size(tier.recommended_lm, wish.on_disk);
    if (choice.model.empty()) choice.model = first_of(wish.on_disk);
    const bool too_large = tier.profile == TierProfile::refined && lm_size(choice.model) == large &&
                           tier.memory_gib > 0 && tier.memory_gib < large_lm_gib;
    const std::string smaller = too_large ? of_size(medium, wish.on_disk) : "";
    if (smaller.empty()) return choice;
    choice.model = smaller;
    choice.warnings.push_back(lm_too_large(form, tier.memory_gib, smaller));
    return choice;
}

void make_room_for_xl(const LmWish& wish, const Tier& tier, LmChoice& choice) {
    if (!is_extra_large(wish.diffusion_model) || lm_size(choice.model) != large) return;
    if (!(tier.memory_gib > 0 && tier.memory_gib < large_lm_beside_xl_gib)) return;
    const std::string smaller = of_size(medium, wish.on_disk);
    if (smaller.empty()) return;
    choice.warnings.push_back(lm_too_large_for_xl(choice.model, smaller, tier.memory_gib));
    choice.model = smaller;
}

}  // namespace

std::string lm_size(std::string_view model) {
    const std::string name = ascii_lower(model);
    for (const std::string_view size : lm_sizes)
        if (name.find(ascii_lower(size)) != std::string::npos) return std::string(size);
    return std::string(lm_sizes.front());
}

bool is_extra_large(std::string_view model) {
    std::string name = ascii_lower(model);
    const std::string ending = ".gguf";
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    return ("-" + name + "-").find("-xl-") != std::string::npos;
}

LmChoice choose_lm(const LmWish& wish, const Tier& tier, TextForm form) {
    LmChoice choice = tier.lm_models.empty() ? choose_where_none_is_allowed(wish, tier, form)
                      : wish.model.empty()   ? choose_recommended(wish, tier, form)
                                             : choose_named(wish, tier, form);
    make_room_for_xl(wish, tier, choice);
    choice.allowed = !choice.model.empty() && allows(tier, lm_size(choice.model));
    return choice;
}

LmStart lm_start(std::optional<bool> setting, const Tier& tier) {
    return {setting.value_or(tier.lm_default_on),
            {lm_start_of_tier(tier.lm_default_on, tier.memory_gib, tier.id),
             lm_start_by_setting(setting, tier.lm_default_on)}};
}

}  // namespace acestep::planner
