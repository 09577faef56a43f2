#include "text/json_stream.h"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "text/tokenizer_error.h"

namespace acestep::text {

namespace {

using nlohmann::json;

// Receives the parser's events and builds the tree from complete values: a value goes to its
// container when it ends.
class TreeBuilder final : public nlohmann::json_sax<json> {
public:
    TreeBuilder(const std::string& file, const std::map<std::string, JsonElementConsumer>& streamed)
        : file_(file), streamed_(streamed) {}

    json take_root() { return std::move(root_); }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return false; }  // not in JSON text

    bool start_object(std::size_t) override { return open(json::object()); }
    bool key(string_t& value) override {
        open_.back().key = std::move(value);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_array() override { return close(); }

    bool parse_error(std::size_t byte, const std::string&,
                     const nlohmann::detail::exception&) override {
        throw_corrupt(file_, fmt::format("byte {} is not as JSON has it", byte));
    }

private:
    struct Container {
        json value;
        std::string key;  ///< of the element being read; blank in an array
        /// Its keys from the root; nothing below arrays, streamed containers and odd keys, where
        /// no consumer can be asked for.
        std::optional<std::string> path;
        const JsonElementConsumer* consumer = nullptr;
        std::size_t elements = 0;
    };

    std::optional<std::string> path_of_next() const {
        if (open_.empty()) return "";
        const Container& parent = open_.back();
        if (!parent.path || parent.consumer || !parent.value.is_object() || parent.key.empty() ||
            parent.key.find('.') != std::string::npos)
            return std::nullopt;
        return parent.path->empty() ? parent.key : *parent.path + "." + parent.key;
    }

    bool open(json&& container) {
        constexpr std::size_t deepest = 32;  // the real files have 7
        if (open_.size() == deepest)
            throw_corrupt(file_, fmt::format("it is nested deeper than {} levels", deepest));
        Container next{.value = std::move(container), .path = path_of_next()};
        if (next.path) {
            const auto found = streamed_.find(*next.path);
            if (found != streamed_.end()) next.consumer = &found->second;
        }
        open_.push_back(std::move(next));
        return true;
    }

    bool close() {
        json value = std::move(open_.back().value);
        open_.pop_back();
        return add(std::move(value));
    }

    bool add(json value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return true;
        }
        Container& parent = open_.back();
        if (parent.consumer)
            (*parent.consumer)(parent.key, parent.elements, value);
        else if (parent.value.is_array())
            parent.value.push_back(std::move(value));
        else if (!parent.value.emplace(parent.key, std::move(value)).second)
            throw_corrupt(file_, fmt::format("{} occurs twice", in_quotes(parent.key)));
        ++parent.elements;
        return true;
    }

    const std::string& file_;
    const std::map<std::string, JsonElementConsumer>& streamed_;
    std::vector<Container> open_;  ///< containers begun and not ended, the outermost first
    json root_;
};

}  // namespace

json parse_json_stream(std::string_view text, const std::string& file,
                       const std::map<std::string, JsonElementConsumer>& streamed) {
    TreeBuilder builder(file, streamed);
    json::sax_parse(text.begin(), text.end(), &builder);
    return builder.take_root();
}

}  // namespace acestep::text
