// What is said when a request or a choice of models meets the limits of a tier. Every sentence
// exists once, here.
//
// The same event has up to three forms, of which a user sees one: a line on a console, a note on a
// page or in an answer of the API, a line of the log. Where a form is not published it is derived
// from the one that is. Source: spec product.md 2.3, 2.7 to 2.11, 3.7; pipeline.md 6.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acestep::planner {

enum class TextForm {
    console,  ///< "Requested duration 600s exceeds GPU limit 240s"; "Warning: " is the printer's
    page,     ///< begins with a warning sign and says what is done about it
    log,      ///< of the core, such as "[generate_music] Duration 600s exceeds …"
};

std::string duration_limited(TextForm form, double requested, int most, double gib, bool with_lm);
std::string batch_limited(TextForm form, int requested, int most, double gib, bool with_lm);
std::string long_batch_limited(TextForm form);  ///< on Apple's devices

/// No language model is allowed, and `model` is asked for.
std::string no_lm_allowed(TextForm form, std::string_view model, double gib);
std::string lm_not_allowed(TextForm form, std::string_view model, std::string_view size, double gib,
                           const std::vector<std::string>& allowed);
std::string lm_too_large(TextForm form, double gib, std::string_view smaller);
std::string lm_too_large_for_xl(std::string_view model, std::string_view smaller, double gib);

/// What the tier says about starting with a language model, and what the setting makes of it.
std::string lm_start_of_tier(bool on, double gib, std::string_view tier_id);
std::string lm_start_by_setting(std::optional<bool> setting, bool on_in_tier);

std::string offload_below(double threshold_gib);    ///< on, below the threshold
std::string no_offload_from(double threshold_gib);  ///< off, from the threshold on
std::string offload_for_large_lm(double gib);       ///< on, because of the 4B model
std::string xl_offload(std::string_view option, double gib);
std::string no_gpu();

std::string duration_info(int most_seconds);  ///< " (Max: 240s / 4 min)"
std::string batch_info(int most);             ///< " (Max: 2)"
std::string duration_from_file(double seconds);
std::string lm_duration_limited(int most_seconds, std::string_view tier_id);

}  // namespace acestep::planner
