// Metadata as the 5 Hz language model reads and writes it in its chain of thought.
//
// Nothing is checked here: the model may write anything, and users' values are injected as they
// are. The values that it was trained with are in metadata_vocabulary.h. Source: spec
// lm.md 2.6, 2.7.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace acestep::text {

/// In alphabetical order, which is the order of the chain of thought.
enum class MetaField { bpm, caption, duration, genres, keyscale, language, timesignature };

/// The official spelling, such as "timesignature".
std::string_view name(MetaField field);
/// The field of that name in any case of letters; nothing when there is none.
std::optional<MetaField> meta_field_from_name(std::string_view name);

/// A number where there is one, else words (UTF-8). Beats per minute and seconds may be words as
/// well: "fast", "3:20".
using MetaValue = std::variant<bool, std::int64_t, double, std::string>;

/// Values by field, in the order in which the fields were first set.
class Metas {
public:
    struct Entry {
        MetaField field;
        MetaValue value;
        bool operator==(const Entry&) const = default;
    };

    Metas() = default;
    Metas(std::initializer_list<Entry> entries);

    /// A field that is there keeps its place and gets the new value.
    void set(MetaField field, MetaValue value);
    /// Null when the field is absent. Valid until the next `set`.
    const MetaValue* find(MetaField field) const;

    bool empty() const { return entries_.empty(); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }

    bool operator==(const Metas&) const = default;

private:
    std::vector<Entry> entries_;
};

}  // namespace acestep::text
