#include "text/chain_of_thought_parser.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/ascii.h"
#include "text/audio_code_text.h"
#include "text/control_tokens.h"
#include "text/python_number.h"
#include "text/unicode.h"

namespace acestep::text {
namespace {

std::optional<std::string_view> between_tags(std::string_view text, std::string_view tag) {
    const std::string open = fmt::format("<{}>", tag), close = fmt::format("</{}>", tag);
    const std::size_t begin = text.find(open);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::string_view inside = text.substr(begin + open.size());
    const std::size_t end = inside.find(close);
    if (end == std::string_view::npos) return std::nullopt;
    return inside.substr(0, end);
}

std::string_view reasoning_in(std::string_view text) {
    auto inside = between_tags(text, "think");
    if (!inside) inside = between_tags(text, "reasoning");
    if (inside && !strip(*inside).empty()) return strip(*inside);
    return strip(text.substr(0, text.find(audio_code_prefix)));
}

// Takes the next line off `text`, without its line feed.
std::string_view take_line(std::string_view& text) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    return line;
}

std::string joined_caption(std::string_view lines) {
    std::string caption;
    while (!lines.empty()) {
        const std::string_view line = strip(take_line(lines));
        if (line.empty()) continue;
        if (!caption.empty()) caption += ' ';
        caption += line;
    }
    return caption;
}

MetaValue value_of(MetaField field, std::string_view lines) {
    const std::string_view words = strip(lines);
    if (field == MetaField::caption) return joined_caption(lines);
    if (field == MetaField::bpm || field == MetaField::duration)
        if (const auto number = parse_python_integer(words)) return *number;
    return std::string(words);
}

// Collects the lines of one field after the other.
class FieldReader {
public:
    explicit FieldReader(Parity parity) : parity_(parity) {}

    void read(std::string_view line) {
        const std::string_view words = strip(line);
        if (words.starts_with('<')) return;  // <think>, <|im_end|>
        const bool is_indented = line.starts_with(' ') || line.starts_with('\t');
        const bool begins_with_word = !words.empty() && words.data() == line.data();
        const std::size_t colon = line.find(':');
        if (begins_with_word && colon != std::string_view::npos)
            begin_field(line.substr(0, colon), line.substr(colon + 1));
        else if (is_indented)
            add_line(line);
    }

    Metas finish() {
        finish_field();
        return std::move(metas_);
    }

private:
    void begin_field(std::string_view key, std::string_view first_line) {
        finish_field();
        key = strip(key);
        field_ = meta_field_from_name(key);
        if (parity_ == Parity::recommended && equal_ignoring_case(key, "eyscale"))
            field_ = MetaField::keyscale;
        if (!strip(first_line).empty()) add_line(first_line);
    }

    void add_line(std::string_view line) {
        if (!field_) return;
        if (has_lines_) lines_ += '\n';
        lines_ += line;
        has_lines_ = true;
    }

    // A field without a line (not even a blank one) has no value.
    void finish_field() {
        if (field_ && has_lines_) metas_.set(*field_, value_of(*field_, lines_));
        field_.reset();
        lines_.clear();
        has_lines_ = false;
    }

    Parity parity_;
    std::optional<MetaField> field_;
    std::string lines_;
    bool has_lines_ = false;
    Metas metas_;
};

}  // namespace

Metas parse_chain_of_thought(std::string_view text, Parity parity) {
    const std::string valid = replace_broken_utf8(text);
    std::string reasoning(reasoning_in(valid));
    if (parity == Parity::recommended) reasoning = without_control_tokens(reasoning);
    FieldReader reader(parity);
    for (std::string_view rest = reasoning; !rest.empty();) reader.read(take_line(rest));
    return reader.finish();
}

}  // namespace acestep::text
