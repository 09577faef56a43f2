#include "text/metas.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace acestep::text {
namespace {

constexpr std::array<std::string_view, 7> field_names = {
    "bpm", "caption", "duration", "genres", "keyscale", "language", "timesignature"};

}  // namespace

std::string_view name(MetaField field) {
    return field_names[static_cast<std::size_t>(field)];
}

std::optional<MetaField> meta_field_from_name(std::string_view name) {
    const auto found =
        std::find_if(field_names.begin(), field_names.end(),
                     [&](std::string_view known) { return equal_ignoring_case(known, name); });
    if (found == field_names.end()) return std::nullopt;
    return static_cast<MetaField>(found - field_names.begin());
}

Metas::Metas(std::initializer_list<Entry> entries) {
    for (const Entry& entry : entries) set(entry.field, entry.value);
}

void Metas::set(MetaField field, MetaValue value) {
    for (Entry& entry : entries_) {
        if (entry.field != field) continue;
        entry.value = std::move(value);
        return;
    }
    entries_.push_back({field, std::move(value)});
}

const MetaValue* Metas::find(MetaField field) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.field == field; });
    return found == entries_.end() ? nullptr : &found->value;
}

}  // namespace acestep::text
